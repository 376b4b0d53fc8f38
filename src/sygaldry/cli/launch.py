"""Run a command, or a shell, in the project's environment.

Options end at the first word that is not an option, or at `--`; everything after it is passed unchanged. The exit code
is that of the command, or 128+n after signal n; 125 means that the command was never started.
"""

from __future__ import annotations

import os
import sys

from sygaldry.cli._coding_agent import is_coding_agent
from sygaldry.cli._print import print_err
from sygaldry.flows.launch.launch import launch, plan_whole
from sygaldry.flows.launch.plan import plan_report
from sygaldry.flows.launch.request import Request
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import current_folder, resolved_settings, workspace_of
from sygaldry.host.terminal import is_terminal_wanted
from sygaldry.model.errors import UsageError
from sygaldry.model.exit_codes import NOT_STARTED
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
    parser.add_argument("--build", action="store_true", help="build the image, even under a name that is not ours")
    parser.add_argument(
        "--retry-base", action="store_true", help="try again to fetch a base image that could not be fetched lately"
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
    if arguments.json and not arguments.dry_run:
        raise UsageError(
            "launch --json describes a launch and does not start one", hint="add --dry-run, or leave --json out"
        )
    resolved = resolved_settings(vars(arguments))
    if arguments.machine and not (arguments.dry_run or arguments.json):
        raise UsageError(
            "--machine judges the GPUs of another machine and starts nothing", hint="add --dry-run, or leave it out"
        )
    settings = resolved.settings
    request = Request(
        resolved,
        workspace_of(settings.workspace),
        tuple(arguments.command),
        interactive=not os.environ.pop("SYGALDRY_STDIN_CLOSED", ""),
        terminal=is_terminal_wanted(has_command=bool(arguments.command)),
        build=arguments.build,
        retry_base=arguments.retry_base,
        folder=current_folder(),
        recorded=arguments.machine,
    )
    machine = this_machine(settings.rootfs)
    if arguments.dry_run:
        return plan_report(plan_whole(request, machine))
    is_quiet = settings.quiet or (resolved.origins["quiet"] == "default" and is_coding_agent())
    count = 0

    def report_progress(note: str) -> None:
        nonlocal count
        if hasattr(note, "kept"):  # of a build or a download, which takes long
            return long_progress(note)
        count += not note.startswith("image: ")  # a build takes long, so every step is reported
        if count <= _MOST_NOTES and (note.startswith("warning") or not is_quiet):
            print_err(f"sygaldry: {note}")
            sys.stderr.flush()
        return None

    def long_progress(note: str) -> None:
        from sygaldry.cli._progress_lines import progress_printer

        progress_printer(is_quiet)(note)

    if arguments.join:
        from sygaldry.flows.exec import exec_in_environment, is_up

        if is_up(request):
            return exec_in_environment(request, machine, report_progress)
    return launch(request, machine, report_progress=report_progress)


VERB = Verb(
    _arguments,
    _act,
    takes_command=True,
    has_only_switches=True,
    switches={
        "-n": "dry_run",
        "--dry-run": "dry_run",
        "--build": "build",
        "--retry-base": "retry_base",
        "--join": "join",
    },
    texts={"--machine": "machine"},
    failure_code=NOT_STARTED,
    settings=(
        "project_id",
        "workspace",
        "storage_root",
        "entrypoint",
        "trust_workspace",
        "runtime",
        "gpu",
        "network",
        "publish",
        "mounts",
        "env",
        "env_file",
        "pass_environment",
        "workdir",
        "memory",
        "cpus",
        "image",
    ),
    examples=(
        "sygaldry launch                                a shell in the environment",
        "sygaldry launch -- bazel build //...           a command",
        "sygaldry launch --entrypoint uv-install -- numpy",
        "sygaldry launch --runtime docker --dry-run -- true",
        "sygaldry launch --dry-run --machine snapshot -- true",
    ),
)
