"""Start the workspace's environment and leave it running.

`exec` runs commands in it, `launch --join` does so where it is up, `ps` lists what is up, `down` removes it.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from sygaldry.cli._progress_lines import progress_printer
from sygaldry.cli.job._arguments import seconds
from sygaldry.flows.launch.request import Request
from sygaldry.flows.up import plan_up, up
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--idle", metavar="TIME", default="0", help="end it when nothing has run in it for TIME (8h)")
    parser.add_argument("-n", "--dry-run", action="store_true", help="print the command that would start it")


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    request = Request(resolved, workspace_of(resolved.settings.workspace))
    machine, idle_s = this_machine(resolved.settings.rootfs), int(seconds(arguments.idle, "--idle"))
    if arguments.dry_run:
        return plan_up(request, machine, idle_s)
    return up(request, machine, idle_s, progress_printer(resolved.settings.quiet))


VERB = Verb(
    _arguments,
    _act,
    settings=(
        "project_id",
        "workspace",
        "runtime",
        "gpu",
        "network",
        "publish",
        "mounts",
        "env",
        "memory",
        "cpus",
        "image",
    ),
    examples=("sygaldry up --idle 8h", "sygaldry up --runtime docker --publish 8888:8888"),
)
