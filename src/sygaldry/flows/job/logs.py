"""Show the output of jobs: the end of it, or a part."""

import json
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sygaldry.flows.job import log_reader
from sygaldry.flows.job.lookup import RunSnapshot, find_run, inspect_run
from sygaldry.flows.job.scheduled.elements import element_files
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles
from sygaldry.model.errors import StorageError, UsageError
from sygaldry.model.report import Report


@dataclass(frozen=True)
class LogSelection:
    """Which part of a log to show."""

    since: str = ""
    until: str = ""
    grep: str = ""
    stream: str = "log"
    most_bytes: int = 0


def job_tail(folder: str, jobs: Sequence[str], run: str, lines: int) -> Report:
    """Report the last lines of a run of each job."""
    found: list[str] = []
    snapshots = [inspect_run(find_run(folder, job, run)) for job in jobs]
    for snapshot in snapshots:
        if snapshot.elements:
            found += [line for paths in started_elements(snapshot) for line in _tail_of(paths, lines)]
        elif len(jobs) > 1:
            found += _tail_of(snapshot.paths, lines)
        else:
            check_log(snapshot.log)
            found += log_reader.last_lines(snapshot.log, lines)
    return Report({"job": jobs[0], "run": snapshots[0].paths.run, "lines": list(found)}, tuple(found))


def job_logs(folder: str, jobs: Sequence[str], run: str, selection: LogSelection, emit: Callable[[str], None]) -> int:
    """Print the selected part of the log of a run of each job."""
    for job in jobs:
        if len(jobs) > 1:
            emit(f"==> {job} <==")
        _logs_of_job(find_run(folder, job, run), selection, emit)
    return 0


def _logs_of_job(paths: RunFiles, selection: LogSelection, emit: Callable[[str], None]) -> None:
    snapshot = inspect_run(paths, asks_engine=False)
    if not snapshot.elements:
        _logs_of(snapshot, selection, emit)
    for element in started_elements(snapshot):
        emit(f"==> {element.job} <==")
        _logs_of(inspect_run(element, asks_engine=False), selection, emit)


def _logs_of(snapshot: RunSnapshot, selection: LogSelection, emit: Callable[[str], None]) -> None:
    paths, pattern = snapshot.paths, _pattern(selection.grep)
    for text in (selection.since, selection.until):
        if text and not log_reader.is_time(text):
            raise UsageError(f"not a valid time: {text!r}", hint="an age such as 10m, or 2026-01-31T12:00:00Z")
    if selection.stream in ("events", "both"):
        for record in events.read_events(paths.events):
            emit(json.dumps(record, separators=(",", ":")))
    if selection.stream == "events":
        return
    for attempt in range(1, snapshot.attempt + 1):
        check_log(paths.log(attempt))
        span = log_reader.offsets_between(paths, attempt, selection.since, selection.until)
        if pattern is None:
            for line in _lines(paths.log(attempt), span, selection.most_bytes):
                emit(line)
        else:
            _emit_matches(log_reader.matching_lines(paths.log(attempt), span, pattern), selection.most_bytes, emit)


def started_elements(array: RunSnapshot) -> Iterator[RunFiles]:
    """Return the elements of an array that have files of their own: those that have started."""
    files = (element_files(array.paths, each.task) for each in array.elements)
    return (each for each in files if each.is_separate)


def _tail_of(paths: RunFiles, lines: int) -> Iterator[str]:
    snapshot = inspect_run(paths, asks_engine=False)
    check_log(snapshot.log)
    yield f"==> {paths.job} <=="
    yield from log_reader.last_lines(snapshot.log, lines)


def _emit_matches(lines: Iterator[str], most: int, emit: Callable[[str], None]) -> None:
    printed = 0
    for line in lines:
        printed += len(line.encode("utf-8", "replace")) + 1
        if most and printed > most:
            emit(f"[more lines match; the first {most} bytes are shown: --max-bytes, or a narrower pattern]")
            return
        emit(line)


def check_log(path: str) -> None:
    """Refuse a log that is no regular file: its run has put a link or a device in its place. Raises StorageError."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return  # nothing was printed yet
    if not stat.S_ISREG(mode):
        kind = "a symbolic link" if stat.S_ISLNK(mode) else "not a regular file"
        raise StorageError(f"cannot read {path}: it is {kind}", hint=f"look at it: ls -ld {path}")


def _lines(path: str, span: tuple[int, int], most: int) -> Iterator[str]:
    start, end = span
    if most and end - start > most:
        start = end - most
        yield f"[the last {most} of {end - span[0]} bytes]"
    yield from log_reader.all_lines(path, start, end)


def _pattern(text: str) -> "re.Pattern[str] | None":
    if not text:
        return None
    try:
        return re.compile(text)
    except re.error as error:
        raise UsageError(
            f"not a valid regular expression: --grep {text!r}: {error}", hint="quote it, or escape: \\["
        ) from error
