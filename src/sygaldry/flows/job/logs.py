"""Show what a job printed: the end of it, a part of it, or what is still to come."""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sygaldry.flows.job import log_reader
from sygaldry.flows.job.lookup import look, names_of
from sygaldry.jobs import events
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Report


@dataclass(frozen=True)
class Part:
    """Which part of a log is wanted."""

    since: str = ""
    until: str = ""
    grep: str = ""
    stream: str = "log"
    most_bytes: int = 0


def job_tail(folder: str, job: str, run: str, lines: int) -> Report:
    """Report the last lines of a run."""
    seen = look(names_of(folder, job, run))
    found = log_reader.end_of(seen.log, lines)
    return Report({"job": job, "run": seen.names.run, "lines": list(found)}, tuple(found))


def job_follow(folder: str, job: str, run: str, lines: int, tell: Callable[[str], None]) -> int:
    """Tell the last lines and then all that comes until the job has ended; returns what `wait` would."""
    seen = look(names_of(folder, job, run))
    size = os.path.getsize(seen.log) if os.path.exists(seen.log) else 0
    for line in log_reader.end_of(seen.log, lines):
        tell(line)
    return log_reader.follow(seen.names, seen.attempt, size, tell).answer


def job_logs(folder: str, job: str, run: str, part: Part, tell: Callable[[str], None]) -> int:
    """Tell a part of a run's log, as much as is wanted of it, from its end."""
    names = names_of(folder, job, run)
    pattern = _pattern(part.grep)
    for text in (part.since, part.until):
        if text and not log_reader.is_moment(text):
            raise UsageError(f"{text!r} is no time", hint="an age such as 10m, or 2026-01-31T12:00:00Z")
    if part.stream in ("events", "both"):
        for record in events.read_events(names.events):
            tell(json.dumps(record, separators=(",", ":")))
    if part.stream == "events":
        return 0
    attempts = look(names, asks_engine=False).attempt
    for attempt in range(1, attempts + 1):
        for line in _lines(
            names.log(attempt), log_reader.part(names, attempt, part.since, part.until), part.most_bytes
        ):
            if pattern is None or pattern.search(line):
                tell(line)
    return 0


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
            f"--grep {text!r} is no regular expression: {error}", hint="quote it, or escape: \\["
        ) from error
