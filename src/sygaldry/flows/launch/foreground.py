"""Run a workspace whose runtime stays in the foreground, and remove its temporary files."""

from __future__ import annotations

import os

from sygaldry import runtimes
from sygaldry.host.terminal import stop_command_with_us
from sygaldry.model.errors import StorageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.flows.launch.plan import Plan
    from sygaldry.host.foreground import ForegroundExit
    from sygaldry.model.command import Command


def run_plan(plan: Plan, start: Command) -> ForegroundExit:
    """Run the command of a plan to its end; `start` is the plan's command, possibly with locks to hold."""
    scratch = plan.workspace.scratch
    if scratch:
        _make_scratch(scratch)
    if not plan.workspace.terminal:
        stop_command_with_us()
    try:
        if runtimes.get(plan.runtime.name).start_marker:
            from sygaldry.host.attached_client import run_attached

            return run_attached(start, plan.entrypoint_words(), outlives_us=plan.workspace.detached)
        from sygaldry.host.foreground import run_in_foreground

        return run_in_foreground(start, plan.entrypoint_words())
    finally:
        if scratch:
            from shutil import rmtree  # 16 ms, only for a runtime with temporary files

            rmtree(scratch, ignore_errors=True)


def _make_scratch(folder: str) -> None:
    try:
        os.mkdir(folder, 0o700)
    except OSError as error:
        raise StorageError(
            f"cannot create {folder}: {error.strerror}", hint="choose another folder: TMPDIR=/some/folder"
        ) from error
