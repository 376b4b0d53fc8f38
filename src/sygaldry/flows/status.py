"""Summarize the current workspace: what exists, what runs, and what to type next. No engine is asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sygaldry.config.files import PROJECT_FILE
from sygaldry.flows.running.record import RUNNING, load_record, state_of
from sygaldry.flows.storage.project import find_storage
from sygaldry.jobs.paths import runs_by_job
from sygaldry.layout import layout
from sygaldry.model.errors import SygaldryError
from sygaldry.model.report import Report

if TYPE_CHECKING:
    from sygaldry.config.resolve import Resolved
    from sygaldry.model.storage import Storage


def status(resolved: Resolved, workspace: str) -> Report:
    """Report the workspace, its storage, its environments and its jobs."""
    found = find_storage(resolved, workspace)
    storage = found.storage
    environment = _environment(storage)
    jobs = _job_count(storage)
    stack = _stack(resolved, workspace)
    folder = storage.at() if found.is_ready else f"{storage.at()} (the first launch makes it)"
    rows = (
        ("workspace", workspace),
        ("project", storage.project),
        ("storage", folder),
        ("runtime", resolved.settings.runtime),
        ("image", resolved.settings.image),
        ("spack", stack or "no environment in this workspace"),
        ("environment", environment or "not up"),
        ("jobs", f"{jobs}" if jobs else "none"),
    )
    lines = (*(f"{name:12} {value}" for name, value in rows), "", *_next_commands(workspace, environment, jobs, stack))
    return Report({**dict(rows), "ready": found.is_ready}, lines, found.notes)


def _environment(storage: Storage) -> str:
    try:
        record = load_record(storage)
        return f"{state_of(storage, record)} ({record.runtime})" if record else ""
    except SygaldryError as error:
        return error.problem


def _job_count(storage: Storage) -> int:
    return len(runs_by_job(str(storage.jobs)))


def _stack(resolved: Resolved, workspace: str) -> str:
    folder = resolved.settings.spack_environment
    return folder if Path(workspace, folder, "spack.lock").is_file() else ""


def _next_commands(workspace: str, environment: str, jobs: int, stack: str) -> tuple[str, ...]:
    launcher, program = layout().launcher(workspace), layout().program(workspace)
    is_up = environment.startswith(RUNNING)
    rows = (
        (
            workspace != layout().checkout and not Path(workspace, PROJECT_FILE).exists(),
            f"{program} init",
            "settings for this project",
        ),
        (True, launcher, "a shell in the environment"),
        (is_up, f"{program} exec", "a shell in the environment that is up"),
        (not is_up, f"{program} up", "an environment that stays"),
        (bool(stack), f"{program} env status {stack}", "the Spack stack"),
        (bool(jobs), f"{program} job list", "the jobs"),
        (True, f"{program} doctor", "what this machine lacks"),
        (True, f"{program} --help", "every verb"),
    )
    return ("next:", *(f"  {command:36} {purpose}" for is_useful, command, purpose in rows if is_useful))
