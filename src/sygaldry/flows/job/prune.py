"""Remove old runs: their files and leftover containers. One pass over the folder finds the files of every run."""

import contextlib
import os
import re
import time
from dataclasses import dataclass
from typing import Final

from sygaldry.flows.job.lookup import RunSnapshot, inspect_or_unknown
from sygaldry.flows.job.record import newest, read_record, run_files, start_lock
from sygaldry.flows.job.scheduled.elements import element_files
from sygaldry.flows.job.scheduled.record import array_of, base_of, folder_of, load_record
from sygaldry.flows.runtime.container import remove_container
from sygaldry.host.files import locked
from sygaldry.jobs.paths import RunFiles, check_job, runs_by_job, without_elements
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Json, Report
from sygaldry.model.sizes import human
from sygaldry.model.timestamps import seconds_of

_SHOWN: Final = 10
_OF_A_RUN: Final = re.compile(r"\.?(.+-\d{8}T\d{9}Z)[.-].+")


@dataclass(frozen=True)
class OldRun:
    """A run that can be removed."""

    snapshot: RunSnapshot
    existing: tuple[str, ...]
    size_bytes: int
    elements: tuple[RunFiles, ...] = ()  # of an array

    @property
    def paths(self) -> RunFiles:
        return self.snapshot.paths


def job_prune(folder: str, job: str, *, keep: int, older_than_s: float, apply: bool) -> Report:
    """Report the runs that can be removed; with `apply`, remove them. A running job is never touched.

    Raises UsageError for an element of an array.
    """
    if job:
        check_job(job)
    runs = runs_by_job(folder)
    array = array_of(RunFiles(folder, job, ""))
    if array and job not in without_elements(runs) and job in runs:
        raise UsageError(
            f"{job} is an element of an array, which is removed as a whole",
            hint=f"sygaldry job prune --job {array.job}",
        )
    beside = _names_by_run(folder)
    scheduled = _names_by_run(folder_of(RunFiles(folder, "", "")))
    whole = without_elements(runs)
    jobs = (job,) if job else tuple(sorted(whole))
    old = (RunFiles(folder, each, run) for each in jobs for run in whole.get(each, ())[: -keep or None])
    found = [each for paths in old if (each := _removable(paths, beside, scheduled, older_than_s))]
    if apply and found:
        with locked(start_lock(folder)):
            # A recorded end stays; one that was inferred may have been too early.
            found = [
                each for each in found if each.snapshot.has_exit_event or inspect_or_unknown(each.paths).state.final
            ]
            _remove(folder, found, runs)
    verb = "removed" if apply else "would remove"
    lines = [f"{verb} {human(each.size_bytes):>10}  {each.paths.job} {each.paths.run}" for each in found]
    total = sum(each.size_bytes for each in found)
    more = (f"... and {len(lines) - _SHOWN} more",) if len(lines) > _SHOWN else ()
    closing = f"{human(total)} in total, {len(found)} runs" + (
        "" if apply else "; to remove: sygaldry job prune --apply"
    )
    data: list[Json] = [{"job": each.paths.job, "run": each.paths.run, "bytes": each.size_bytes} for each in found]
    return Report(
        {"applied": apply, "runs": data[:_SHOWN], "count": len(data), "bytes": total},
        (*lines[:_SHOWN], *more, closing) if found else ("nothing to remove",),
    )


def _names_by_run(folder: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            if match := _OF_A_RUN.fullmatch(name):
                found.setdefault(match[1], []).append(name)
    return found


def _elements(paths: RunFiles, beside: dict[str, list[str]]) -> tuple[RunFiles, ...]:
    """Return the elements of an array that have files."""
    record = load_record(paths)
    found = (element_files(paths, task) for task in (record.tasks if record else None) or ())
    return tuple(each for each in found if each.is_separate or each.name in beside)


def _removable(
    paths: RunFiles, beside: dict[str, list[str]], scheduled: dict[str, list[str]], older_than_s: float
) -> OldRun | None:
    snapshot = inspect_or_unknown(paths)
    started = seconds_of(str(snapshot.submitted.get("ts", "")))
    if not snapshot.state.final or time.time() - started < older_than_s:
        return None
    elements = _elements(paths, beside)
    existing = tuple(
        path
        for each in (*elements, paths)
        for path in (
            *run_files(each, beside.get(each.name, ())),
            *(f"{folder_of(paths)}/{name}" for name in scheduled.get(each.name, ())),
        )
    )
    return OldRun(snapshot, existing, sum(_allocated(path) for path in existing), elements)


def _allocated(path: str) -> int:
    try:
        return os.lstat(path).st_blocks * 512
    except OSError:
        return 0


def _remove(folder: str, found: list[OldRun], runs: dict[str, tuple[str, ...]]) -> None:
    """Remove runs; the ledger, which defines a run, goes last, so that an interrupted removal can be repeated."""
    for each in found:
        paths = each.paths
        if not newest(read_record(paths), "removed"):
            remove_container(paths, each.snapshot.submitted)
        last = (paths.events, f"{folder}/{paths.name}.jsonl", paths.record, f"{base_of(paths)}.json")
        for path in sorted(each.existing, key=lambda path: (path in last, path)):
            _discard(path)
        for part in (*each.elements, paths):
            if part.is_separate:
                with contextlib.suppress(OSError):
                    os.rmdir(part.own)
    gone: dict[str, set[str]] = {}
    for each in found:
        for part in (*each.elements, each.paths):
            gone.setdefault(part.job, set()).add(part.run)
    for job, removed in gone.items():
        if removed.issuperset(runs.get(job, ())):
            _discard(f"{folder}/{job}.status")
    _remove_drafts(folder, runs)


def _remove_drafts(folder: str, runs: dict[str, tuple[str, ...]]) -> None:
    """Remove status lines that a killed process never finished, and the lock files of the first release."""
    jobs = {job for job in runs if inspect_or_unknown(RunFiles(folder, job, runs[job][-1])).state.final}
    for name in os.listdir(folder):
        job, _, rest = name.removeprefix(".").partition(".status.")
        is_draft = rest.endswith("draft") and job in jobs
        is_lock = name.startswith(".") and name.endswith(".lock") and name[1:-5] in jobs
        if is_draft or is_lock:
            _discard(f"{folder}/{name}")


def _discard(path: str) -> None:
    with contextlib.suppress(IsADirectoryError, FileNotFoundError):
        os.unlink(path)
