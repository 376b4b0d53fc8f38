"""How the newest good runs of a job went: when each had printed how much, and which errors it printed all the same."""

from collections.abc import Iterable

from sygaldry.jobs import estimate, events
from sygaldry.jobs.paths import Names, runs_of
from sygaldry.model.timestamps import seconds_of

_LOOKED_AT = 20
_WANTED = 3
_INDEX_BYTES = 8 << 20

Profile = tuple[tuple[float, int], ...]
GoodRun = tuple[Names, events.Event]  # and its last event


def good_runs(folder: str, job: str, before: str = "") -> tuple[GoodRun, ...]:
    """Name the newest runs that were done, the newest first, each with its last event; `before` is a run of now."""
    found: list[GoodRun] = []
    for run in reversed(runs_of(folder, job)[-_LOOKED_AT:]):
        names = Names(folder, job, run)
        told = events.last(names.events, "exit") if run != before else {}
        if told.get("state") == "DONE":
            found.append((names, told))
        if len(found) == _WANTED:
            break
    return tuple(found)


def profiles(runs: Iterable[GoodRun]) -> list[Profile]:
    """Load how good runs went: (seconds since the start, bytes printed by then), the end last."""
    return [each for names, told in runs if (each := _profile(names, told))]


def known_errors(runs: Iterable[GoodRun]) -> frozenset[int]:
    """Number the errors that good runs printed: they are no news."""
    told = (each for names, _ in runs for each in events.read_events(names.events) if each["event"] == "error")
    return frozenset(each["key"] for each in told if isinstance(each.get("key"), int))


def attempt_of(told: events.Event) -> int:
    """Return the attempt that an exit event speaks of."""
    attempt = told.get("attempt", 1)
    return attempt if isinstance(attempt, int) and attempt > 0 else 1


def _profile(names: Names, told: events.Event) -> Profile:
    begun = seconds_of(str(events.first(names.events, "started").get("ts", "")))
    try:
        with open(names.index(attempt_of(told)), "rb") as file:
            samples = estimate.parse_index(file.read(_INDEX_BYTES))
    except OSError:
        return ()
    ended = (seconds_of(str(told.get("ts", ""))) - begun, int(told.get("offset", 0)))
    return (*((max(stamp - begun, 0.0), offset) for stamp, offset in samples), ended)
