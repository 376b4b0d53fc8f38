"""Print the completion script for bash, zsh or fish.

It completes verbs, options and values (runtimes, entrypoints, jobs, environments, settings) from files alone, without
an engine or the network.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli._completion_scripts import SCRIPTS, format_candidate, join_words
from sygaldry.model.errors import SygaldryError
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("shell", choices=tuple(SCRIPTS), help="shell that reads the script")
    parser.add_argument(
        "--candidates", action="store_true", help="print the candidates for the last WORD; the scripts call this"
    )
    parser.add_argument("words", nargs="*", metavar="WORD", help="words of the command line, after --")


def _act(arguments: Namespace) -> Report:
    shell = str(arguments.shell)
    if not arguments.candidates:
        script = SCRIPTS[shell]
        return Report({"shell": shell, "script": script}, (script.rstrip("\n"),))
    from sygaldry.cli._candidates import candidates

    words = join_words(shell, list(arguments.words))
    try:
        found = candidates(words)
    except SygaldryError:
        found = {}  # a mistyped verb has no candidates
    current = words[-1] if words else ""
    lines = tuple(format_candidate(shell, current, word, text) for word, text in found.items())
    return Report({"candidates": dict(found)}, lines)


VERB: Final = Verb(
    _arguments,
    _act,
    settings=(),
    examples=(
        "source <(sygaldry completion bash)             in ~/.bashrc",
        "source <(sygaldry completion zsh)              in ~/.zshrc, after compinit",
        "sygaldry completion fish | source              in ~/.config/fish/config.fish",
    ),
)
