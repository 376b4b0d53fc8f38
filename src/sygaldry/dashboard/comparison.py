"""What differs between a run and the last good run of its job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sygaldry.jobs import events
from sygaldry.jobs.history import good_runs
from sygaldry.jobs.status_line import duration, size
from sygaldry.model.timestamps import seconds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sygaldry.jobs.events import Event
    from sygaldry.jobs.paths import RunFiles

_COMPARED: Final = {
    "command": "command",
    "runtime": "runtime",
    "image": "image",
    "image_key": "image key",
    "locks": "locks",
    "commit": "commit",
    "entrypoint": "entrypoint",
    "host": "host",
    "gpu": "GPU",
    "variables": "passed variables",
}


@dataclass(frozen=True)
class Difference:
    """One fact of this run and of the good one; `good_run` is the id of the latter."""

    name: str
    here: str
    good: str
    good_run: str
    is_different: bool


def compare_with_good_run(paths: RunFiles, recorded: Sequence[Event]) -> tuple[Difference, ...]:
    """Compare with the newest good run but this one; empty if there is none."""
    before = next(iter(good_runs(paths.folder, paths.job, paths.run)), None)
    if before is None:
        return ()
    good_paths, _ = before
    here, good = _facts(recorded), _facts(events.read_events(good_paths.events))
    return tuple(
        Difference(
            name, here.get(name, "-"), good.get(name, "-"), good_paths.run, here.get(name, "-") != good.get(name, "-")
        )
        for name in dict.fromkeys((*here, *good))
    )


def _facts(recorded: Sequence[Event]) -> dict[str, str]:
    found: dict[str, str] = {}
    started = ended = 0.0
    for event in recorded:
        if event["event"] in ("submitted", "prepared"):
            found |= {title: _shown(event[name]) for name, title in _COMPARED.items() if event.get(name)}
        elif event["event"] == "started":
            started = seconds_of(str(event.get("ts", "")))
        elif event["event"] == "exit":
            ended = seconds_of(str(event.get("ts", "")))
            found["end"] = str(event.get("state", ""))
            found["log"] = size(event.get("offset") or 0)
    if started and ended:
        found["time"] = duration(ended - started)
    return found


def _shown(value: object) -> str:
    return (", ".join(str(each) for each in value) if isinstance(value, list) else str(value))[:500]
