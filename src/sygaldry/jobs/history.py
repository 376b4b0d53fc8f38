"""The newest successful runs of a job: their output and counts over time, and the errors they printed regardless."""

from collections.abc import Iterable

from sygaldry import progress
from sygaldry.jobs import counts, estimate, events
from sygaldry.jobs.estimate import Earlier
from sygaldry.jobs.paths import RunFiles, runs_of
from sygaldry.model.timestamps import seconds_of
from sygaldry.supervisor.safe_files import read_head, read_tail

_LOOKED_AT = 20
_WANTED = 3
_INDEX_BYTES = 8 << 20
_TAIL = progress.NEWEST

GoodRun = tuple[RunFiles, events.Event]  # and its last event


def good_runs(folder: str, job: str, before: str = "") -> tuple[GoodRun, ...]:
    """Return the newest successful runs, newest first, each with its exit event; `before` excludes the current run."""
    runs: list[GoodRun] = []
    for run in reversed(runs_of(folder, job)[-_LOOKED_AT:]):
        paths = RunFiles(folder, job, run)
        exit_event = events.last(paths.events, "exit") if run != before else {}
        if exit_event.get("state") == "DONE":
            runs.append((paths, exit_event))
        if len(runs) == _WANTED:
            break
    return tuple(runs)


def earlier_runs(runs: Iterable[GoodRun]) -> list[Earlier]:
    """Load what an estimate compares with: (seconds since the start, bytes printed), the end last, and the counts."""
    return [each for paths, exit_event in runs if (each := _earlier(paths, exit_event)).profile]


def known_errors(runs: Iterable[GoodRun]) -> frozenset[int]:
    """Return the keys of errors that successful runs printed: they are noise."""
    exit_event = (each for paths, _ in runs for each in events.read_events(paths.events) if each["event"] == "error")
    return frozenset(each["key"] for each in exit_event if isinstance(each.get("key"), int))


def attempt_of(exit_event: events.Event) -> int:
    """Return the attempt of an exit event."""
    attempt = exit_event.get("attempt", 1)
    return attempt if isinstance(attempt, int) and attempt > 0 else 1


def _earlier(paths: RunFiles, exit_event: events.Event) -> Earlier:
    began = seconds_of(str(events.first(paths.events, "started").get("ts", "")))
    samples = estimate.parse_index(read_head(paths.index(attempt_of(exit_event)), _INDEX_BYTES))
    if not samples:
        return Earlier(())
    end_s = seconds_of(str(exit_event.get("ts", ""))) - began
    profile = (
        *((max(stamp - began, 0.0), offset) for stamp, offset in samples),
        (end_s, int(exit_event.get("offset", 0))),
    )
    parts = counts.parts_of(counts.recorded(paths.events, began), end_s)
    if not parts and (count := counts.count_of(progress.read(read_tail(paths.log(attempt_of(exit_event)), _TAIL)))):
        parts = (estimate.Part(count, (), end_s),)  # it ended before its first count was recorded
    return Earlier(profile, parts)
