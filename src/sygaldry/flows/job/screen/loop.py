"""Run the full-screen view until it is left: read the jobs, draw, take a key."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from sygaldry.flows.job import log_reader
from sygaldry.flows.job.explain import job_explain
from sygaldry.flows.job.facts import facts
from sygaldry.flows.job.headline import cause_of
from sygaldry.flows.job.list import job_list
from sygaldry.flows.job.lookup import RunSnapshot, inspect_or_unknown
from sygaldry.flows.job.screen.state import JobRow, View, after_key, chosen
from sygaldry.flows.job.stop import job_stop
from sygaldry.host.keyboard import Keyboard
from sygaldry.jobs.paths import RunFiles, runs_by_job
from sygaldry.model.errors import SygaldryError

if TYPE_CHECKING:
    from collections.abc import Callable

_REFRESH_S: Final = 1.0
_MOST: Final = 200
_TOKENS: Final = "400"


class Jobs:
    """Reads the newest run of each job; an ended one is read once."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._ended: dict[tuple[str, str], JobRow] = {}

    def rows(self) -> tuple[JobRow, ...]:
        """Return the newest first."""
        newest = sorted(((runs[-1], job) for job, runs in runs_by_job(self._folder).items()), reverse=True)[:_MOST]
        return tuple(self._row(job, run) for run, job in newest)

    def snapshot(self, row: JobRow) -> RunSnapshot:
        """Return the state of a row now."""
        return inspect_or_unknown(RunFiles(self._folder, row.job, row.run), asks_engine=False)

    def _row(self, job: str, run: str) -> JobRow:
        if known := self._ended.get((job, run)):
            return known
        snapshot = inspect_or_unknown(RunFiles(self._folder, job, run), asks_engine=False)
        try:
            data = facts(snapshot)
        except (OSError, ValueError, TypeError, ArithmeticError):
            data = {"state": "UNKNOWN"}
        row = JobRow(job, run, data, cause_of(snapshot) or str(data.get("step") or data.get("why") or ""))
        if row.final and snapshot.has_exit_event:
            self._ended[job, run] = row
        return row


def watch_all(folder: str, emit: Callable[[str], None]) -> int:
    """Show every job of a project until `q`; without a terminal, print the list once."""
    from rich.console import Console
    from rich.live import Live

    from sygaldry.flows.job.screen.draw import draw

    console = Console(highlight=False)
    if not console.is_terminal:
        for line in job_list(folder).lines:
            emit(line)
        return 0
    jobs, view, stopped = Jobs(folder), View(), _Stops(folder)
    with Keyboard() as keyboard, Live(console=console, screen=True, auto_refresh=False) as live:
        while not view.is_over:
            rows = jobs.rows()
            view = stopped.note(view)
            live.update(draw(view, rows, _lines(jobs, view, rows, console.height), console.height), refresh=True)
            view = after_key(view, keyboard.key(_REFRESH_S), rows)
            if view.stops:
                stopped.start(view.stops)
    return 0


def _lines(jobs: Jobs, view: View, rows: tuple[JobRow, ...], height: int) -> list[str]:
    row = chosen(view, rows)
    if row is None or view.mode not in ("log", "explain"):
        return []
    snapshot = jobs.snapshot(row)
    if view.mode == "log":
        return log_reader.last_lines(snapshot.log, height)
    try:
        return list(job_explain(snapshot.paths.folder, row.job, row.run, _TOKENS).lines)
    except SygaldryError as error:
        return [error.problem, error.hint]


class _Stops:
    """Stops jobs beside the view, which goes on."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._note = ""

    def start(self, job: str) -> None:
        threading.Thread(target=self._stop, args=(job,), daemon=True).start()

    def note(self, view: View) -> View:
        """Show how the last stop ended."""
        from dataclasses import replace

        note, self._note = self._note, ""
        return replace(view, note=note) if note else view

    def _stop(self, job: str) -> None:
        try:
            job_stop(self._folder, job)
            self._note = f"job {job} is stopped"
        except SygaldryError as error:
            self._note = error.problem
