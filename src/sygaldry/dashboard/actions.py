"""What the buttons do, as commands of Sygaldry's own: a fork of a server would take its memory and threads along."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from sygaldry.layout import layout
from sygaldry.model.command import Command

if TYPE_CHECKING:
    from sygaldry.dashboard.projects import Project

_STOP_S: Final = 90.0
_START_S: Final = 120.0


def own_program() -> tuple[str, ...]:
    """Return how this Sygaldry is started again: by its checkout or its interpreter."""
    own = layout()
    return (f"{own.tools}/sygaldry",) if own.checkout else (sys.executable, "-I", "-m", "sygaldry")


def stop_command(project: Project, job: str, run: str) -> Command:
    """Stop a run."""
    return Command((*_job_verb("stop", project), "--job", job, "--run", run), timeout_s=_STOP_S)


def retry_command(project: Project, job: str, run: str) -> Command:
    """Start a run again with its command and limits."""
    return Command((*_job_verb("retry", project), "--job", job, "--run", run), timeout_s=_START_S)


def prune_command(project: Project, job: str) -> Command:
    """Remove the runs of a job but the newest three."""
    return Command((*_job_verb("prune", project), "--job", job, "--keep", "3", "--apply"), timeout_s=_START_S)


def _job_verb(verb: str, project: Project) -> tuple[str, ...]:
    workspace = ("--workspace", project.workspaces[0]) if project.workspaces else ()
    place = ("--storage-root", project.storage.root, "--project-id", project.id, *workspace)
    return (*own_program(), "job", verb, *place)
