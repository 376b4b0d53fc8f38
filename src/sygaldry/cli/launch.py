"""Run a command, or a shell, in the project's environment.

Options end at the first word that is not one, or at `--`; everything after it is passed unchanged. The exit code is the
command's own, 128+n after a signal; 125 means that it was never started.
"""

from __future__ import annotations

import os
import sys

from sygaldry.cli._agent import is_agent
from sygaldry.flows.launch.launch import launch, plan_whole
from sygaldry.flows.launch.plan import plan_report
from sygaldry.flows.launch.request import Request
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import current_folder, resolved_settings, workspace_of
from sygaldry.model.errors import NOT_STARTED, UsageError
from sygaldry.model.verb import Verb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from sygaldry.model.report import Report

_MOST_NOTES = 5


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "-n", "--dry-run", action="store_true", help="print the command that would run, without changing anything"
    )
    parser.add_argument(
        "--machine",
        metavar="DIR",
        default="",
        help="with --dry-run: judge the GPUs of this snapshot, not of this machine",
    )
    parser.add_argument(
        "--join", action="store_true", help="run in the environment that `sygaldry up` started, if it runs"
    )


def _act(arguments: Namespace) -> Report | int:
    resolved = resolved_settings(vars(arguments))
    recorded = getattr(arguments, "machine", "")  # read by argparse alone: a launch without it pays nothing
    if recorded and not (arguments.dry_run or arguments.json):
        raise UsageError(
            "--machine judges the GPUs of another machine and starts nothing", hint="add --dry-run, or leave it out"
        )
    settings = resolved.settings
    request = Request(
        resolved,
        workspace_of(settings.workspace),
        tuple(arguments.command),
        interactive=not os.environ.pop("SYGALDRY_STDIN_CLOSED", ""),
        terminal=os.isatty(0) and os.isatty(1),
        folder=current_folder(),
        recorded=recorded,
    )
    machine = this_machine(settings.rootfs)
    if arguments.dry_run or arguments.json:
        return plan_report(plan_whole(request, machine))
    is_quiet = settings.quiet or (resolved.origins["quiet"] == "default" and is_agent())
    count = 0

    def report_progress(note: str) -> None:
        nonlocal count
        count += not note.startswith("image: ")  # a build takes long, so every step is reported
        if count <= _MOST_NOTES and (note.startswith("warning") or not is_quiet):
            sys.stderr.write(f"sygaldry: {note}\n")
            sys.stderr.flush()

    if arguments.join:
        from sygaldry.flows.exec import exec_in_environment, is_up

        if is_up(request):
            return exec_in_environment(request, machine, report_progress)
    return launch(request, machine, report_progress=report_progress)


VERB = Verb(
    _arguments,
    _act,
    takes_command=True,
    switches={"-n": "dry_run", "--dry-run": "dry_run", "--join": "join"},
    failure_code=NOT_STARTED,
    examples=(
        "sygaldry launch                                a shell in the environment",
        "sygaldry launch -- bazel build //...           a command",
        "sygaldry launch --entrypoint uv-install -- numpy",
        "sygaldry launch --runtime docker --dry-run -- true",
        "sygaldry launch --dry-run --machine snapshot -- true",
    ),
)
