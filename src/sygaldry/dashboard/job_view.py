"""Everything that the page of a run shows, read from its ledger."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sygaldry.dashboard.comparison import Difference, compare_with_good_run
from sygaldry.dashboard.plots import Plot, load_plots
from sygaldry.dashboard.row import Row, RunKey, load_row
from sygaldry.dashboard.timeline import Step, timeline_of
from sygaldry.flows.job.explain import job_explain
from sygaldry.flows.job.lookup import inspect_run
from sygaldry.flows.job.show import job_show
from sygaldry.jobs import events
from sygaldry.model.errors import SygaldryError
from sygaldry.supervisor.safe_files import size_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sygaldry.jobs.paths import RunFiles

_TOKENS: Final = "400"
_MOST_FILES: Final = 50
_UNREADABLE: Final = (SygaldryError, OSError, ValueError, TypeError, ArithmeticError)
_LARGEST_EXPLAINED: Final = 256 << 20  # a larger log would hold the page up for seconds


@dataclass(frozen=True)
class Attempt:
    """One attempt and the size of its log."""

    number: int
    log_bytes: int


@dataclass(frozen=True)
class JobView:
    """A run as its page shows it."""

    row: Row
    facts: Mapping[str, Any]
    attempts: tuple[Attempt, ...]
    files: tuple[tuple[str, int], ...]
    timeline: tuple[Step, ...]
    plots: tuple[Plot, ...]
    differences: tuple[Difference, ...]
    cause: Mapping[str, Any] | None = None
    trouble: str = ""  # why no cause is shown

    @property
    def path(self) -> str:
        return self.row.key.path


def load_job_view(project: str, paths: RunFiles) -> JobView:
    """Read a run; a part that cannot be read is left out."""
    key = RunKey(paths.run, project, paths.job)
    recorded = events.read_events(paths.events)
    try:
        attempts = inspect_run(paths, asks_engine=False).attempt
        facts = job_show(paths.folder, paths.job, paths.run).data
        cause, trouble = _cause(paths, attempts)
    except _UNREADABLE as error:
        facts, attempts, cause = {}, 1, None
        trouble = f"its files cannot be read: {getattr(error, 'problem', error)}"
    return JobView(
        load_row(key, paths),
        facts,
        tuple(Attempt(number, size_of(paths.log(number))) for number in range(1, attempts + 1)),
        _files(facts.get("files")),
        timeline_of(recorded),
        load_plots(recorded),
        compare_with_good_run(paths, recorded),
        cause,
        trouble,
    )


def _cause(paths: RunFiles, attempt: int) -> tuple[Mapping[str, Any] | None, str]:
    if size_of(paths.log(attempt)) > _LARGEST_EXPLAINED:
        return None, f"its log is large; ask for the cause: sygaldry job explain --job {paths.job} --run {paths.run}"
    cause = job_explain(paths.folder, paths.job, paths.run, _TOKENS).data.get("cause")
    return (cause, "") if isinstance(cause, dict) else (None, "")


def _files(listed: object) -> tuple[tuple[str, int], ...]:
    """Return the names and sizes of a run's files; they are shown, never opened."""
    paths = [str(each) for each in listed] if isinstance(listed, list) else []
    return tuple((os.path.basename(path), size_of(path)) for path in sorted(paths)[:_MOST_FILES])
