"""Run a command, or a shell, in the environment that `sygaldry up` started.

The exit code is the command's own. 125 means that it was never started.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace

from sygaldry.cli._progress_lines import progress_printer
from sygaldry.flows.exec import exec_in_environment
from sygaldry.flows.launch.request import Request
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import current_folder, resolved_settings, workspace_of
from sygaldry.host.terminal import is_terminal_wanted
from sygaldry.model.exit_codes import NOT_STARTED
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    """Take a command and the settings alone."""


def _act(arguments: Namespace) -> int:
    resolved = resolved_settings(vars(arguments))
    request = Request(
        resolved,
        workspace_of(resolved.settings.workspace),
        tuple(arguments.command),
        interactive=not os.environ.pop("SYGALDRY_STDIN_CLOSED", ""),
        terminal=is_terminal_wanted(has_command=bool(arguments.command)),
        folder=current_folder(),
    )
    return exec_in_environment(request, this_machine(), progress_printer(resolved.settings.quiet))


VERB = Verb(
    _arguments,
    _act,
    takes_command=True,
    has_only_switches=True,
    settings=("Project", "entrypoint", "env", "env_file", "pass_environment", "workdir"),
    failure_code=NOT_STARTED,
    examples=("sygaldry exec                     another shell", "sygaldry exec -- nvidia-smi"),
)
