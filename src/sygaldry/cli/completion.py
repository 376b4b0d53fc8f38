"""Print the completion script for a shell.

sygaldry completion bash > ~/.local/share/bash-completion/completions/sygaldry
"""

from argparse import ArgumentParser, Namespace

from sygaldry.cli._completion_tree import whole_parser
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb

_SHELLS = ("bash", "zsh", "tcsh")


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("shell", choices=_SHELLS, help="which shell")


def _act(arguments: Namespace) -> Report:
    import shtab

    script = shtab.complete(whole_parser(), shell=arguments.shell)
    return Report({"shell": arguments.shell, "script": script}, (script.rstrip("\n"),))


VERB = Verb(_arguments, _act, settings=False, examples=("sygaldry completion bash",))
