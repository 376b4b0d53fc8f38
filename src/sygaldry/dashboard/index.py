"""All runs of all projects, in memory: folders are listed again when they change, and an ended run is read once."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Final

from sygaldry.dashboard.projects import Project, find_projects
from sygaldry.dashboard.row import Row, RunKey, began_s, load_row
from sygaldry.jobs.paths import RunFiles, new_run, runs_by_job, without_elements
from sygaldry.model.job import State

PAGE_ROWS: Final = 50
_FRESH_S: Final = 0.4  # rows of living runs are read again after this time
_PROJECTS_S: Final = 5.0
_TALLIED: Final = tuple(sorted(State, key=lambda each: (each.final, each is State.DONE)))
_SETTLES_S: Final = 120.0  # the host adds what it saw after the end


@dataclass(frozen=True)
class Filter:
    """Which rows a list shows; empty means all."""

    state: str = ""
    name: str = ""
    project: str = ""
    since_s: float = 0
    every_run: bool = False

    def takes(self, row: Row) -> bool:
        """Return whether a row is in the wanted state: a state, or one of the groups `live`, `bad`, `ended`."""
        groups = {"live": not row.final, "ended": row.final, "bad": row.word == "bad"}
        return not self.state or groups.get(self.state, row.state == self.state)


@dataclass(frozen=True)
class Selection:
    """A page of rows, the key after which the next page starts, and how many runs are not read yet."""

    rows: tuple[Row, ...]
    next: str = ""
    total: int = 0
    unread: int = 0


class RunIndex:
    """Knows every run; its methods may be called from several threads."""

    def __init__(self, roots: tuple[str, ...], only: str = "") -> None:
        self._roots, self._only = roots, only
        self._lock = threading.RLock()
        self._projects: dict[str, Project] = {}
        self._projects_at = 0.0
        self._stamps: dict[str, int] = {}
        self._runs: dict[str, dict[str, tuple[str, ...]]] = {}
        self._keys: list[RunKey] = []
        self._elements: frozenset[RunKey] = frozenset()  # of arrays, whose own rows stand for them
        self._rows: dict[RunKey, tuple[Row, float]] = {}  # and when it was read; infinity if it cannot change

    @property
    def projects(self) -> dict[str, Project]:
        """Return the projects, looked up again after some seconds."""
        with self._lock:
            now = time.monotonic()
            if not self._projects_at or now - self._projects_at > _PROJECTS_S:
                self._projects_at = now
                self._projects = find_projects(self._roots, self._only)
            return self._projects

    def refresh(self) -> None:
        """List the folders that have changed."""
        with self._lock:
            projects = self.projects
            stamps = {name: _stamp(project.jobs) for name, project in projects.items()}
            if stamps == self._stamps:
                return
            changed = [name for name, stamp in stamps.items() if stamp != self._stamps.get(name)]
            self._runs = {name: each for name, each in self._runs.items() if name in projects}
            self._runs |= {name: runs_by_job(projects[name].jobs) for name in changed}
            # A folder that changes while it is listed is listed again.
            self._stamps = stamps
            keys = [
                RunKey(run, project, job)
                for project, jobs in self._runs.items()
                for job, runs in jobs.items()
                for run in runs
            ]
            self._keys = sorted(keys, reverse=True)
            known = set(keys)
            self._elements = frozenset(known - set(self._without_elements()))
            self._rows = {key: row for key, row in self._rows.items() if key in known}

    def _without_elements(self) -> Iterator[RunKey]:
        for project, jobs in self._runs.items():
            for job, runs in without_elements(jobs).items():
                yield from (RunKey(run, project, job) for run in runs)

    def element_count(self, array: RunKey) -> int:
        """Return how many elements of an array have files of their own, which they get when they start."""
        self.refresh()
        with self._lock:
            of_run = (each for each in self._elements if (each.run, each.project) == (array.run, array.project))
            return sum(each.job.rpartition(".")[0] == array.job for each in of_run)

    def files(self, project: str, job: str, run: str) -> RunFiles | None:
        """Return the files of a run that exists, or None: no part of an address ever becomes a path by itself."""
        self.refresh()
        with self._lock:
            known = self._runs.get(project, {}).get(job, ())
            return RunFiles(self._projects[project].jobs, job, run) if run in known else None

    def runs(self, project: str, job: str) -> tuple[str, ...]:
        """Return the runs of a job, oldest first."""
        self.refresh()
        with self._lock:
            return self._runs.get(project, {}).get(job, ())

    def row(self, key: RunKey) -> Row:
        """Return a run's row, read again if it may have changed."""
        with self._lock:
            known, read_at = self._rows.get(key, (None, 0.0))
            now = time.monotonic()
            if known is not None and now - read_at < _FRESH_S:
                return known
            row = load_row(key, RunFiles(self._projects[key.project].jobs, key.job, key.run))
            self._rows[key] = (row, inf if _is_settled(row) else now)
            return row

    def select(self, wanted: Filter, after: str = "", most: int = PAGE_ROWS) -> Selection:
        """Return the newest rows that pass a filter, from after a key on."""
        self.refresh()
        with self._lock:
            keys = self._candidates(wanted)
            unread = 0
            rows: list[Row] = []
            start = next((number + 1 for number, key in enumerate(keys) if key.path == after), 0) if after else 0
            for key in keys[start:]:
                if wanted.state and key not in self._rows:
                    unread += 1
                    continue
                if len(rows) == most:
                    if not wanted.state or wanted.takes(self._rows[key][0]):
                        return Selection(tuple(rows), rows[-1].key.path, len(keys), unread)
                elif wanted.takes(row := self.row(key)):
                    rows.append(row)
            return Selection(tuple(rows), "", len(keys), unread)

    def read_ahead(self, budget_s: float) -> bool:
        """Read runs that were never read, for a while; return whether any is left."""
        self.refresh()
        until = time.monotonic() + budget_s
        with self._lock:
            waiting = [key for key in self._keys if key not in self._rows]
        for key in waiting:
            if time.monotonic() > until:
                return True
            with self._lock:
                if key.project in self._projects:
                    self.row(key)
        return False

    def tally(self) -> dict[str, int]:
        """Count the jobs by the state of their newest run, as far as it was read; what runs and what failed first."""
        found: dict[str, int] = {}
        with self._lock:
            for key in self._candidates(Filter()):
                if known := self._rows.get(key):
                    found[known[0].state] = found.get(known[0].state, 0) + 1
        return {state.value: found[state] for state in _TALLIED if state in found}

    def newest_rows(self) -> tuple[Row, ...]:
        """Return the newest run of each job."""
        self.refresh()
        with self._lock:
            return tuple(self.row(key) for key in self._candidates(Filter()))

    def known_rows(self) -> tuple[Row, ...]:
        """Return every row that was read."""
        with self._lock:
            return tuple(row for row, _ in self._rows.values())

    def _candidates(self, wanted: Filter) -> list[RunKey]:
        oldest = new_run(time.time_ns() - int(wanted.since_s * 1e9)) if wanted.since_s else ""
        found: list[RunKey] = []
        seen: set[tuple[str, str]] = set()
        for key in self._keys:
            if key.run < oldest:
                break
            if key in self._elements and not wanted.every_run and not wanted.name:
                continue
            if (wanted.project and key.project != wanted.project) or wanted.name.lower() not in key.job.lower():
                continue
            if not wanted.every_run:
                if (key.project, key.job) in seen:
                    continue
                seen.add((key.project, key.job))
            found.append(key)
        return found


def _is_settled(row: Row) -> bool:
    return row.final and time.time() - began_s(row.key.run) - row.elapsed_s > _SETTLES_S


def _stamp(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return 0
