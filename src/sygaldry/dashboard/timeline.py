"""The events of a run as steps of a timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sygaldry.model.timestamps import seconds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sygaldry.jobs.events import Event

_MOST: Final = 200
_SHOWN: Final = {
    "submitted": "submitted",
    "prepared": "container prepared",
    "started": "started",
    "phase": "phase",
    "retry": "retry",
    "stall": "stall",
    "resumed": "output resumed",
    "error": "first error of a kind",
    "disk-low": "disk nearly full",
    "gpu": "GPU",
    "signal": "signal",
    "notified": "notified",
    "exit": "end",
}
_BAD: Final = frozenset({"error", "stall", "disk-low", "gpu", "retry"})


@dataclass(frozen=True)
class Step:
    """A step: what happened when, how long until the next one, and the offset in the log."""

    name: str
    text: str
    after_s: float
    lasted_s: float
    offset: int
    is_bad: bool


def timeline_of(recorded: Sequence[Event]) -> tuple[Step, ...]:
    """Return the steps of a run in their order; heartbeats and warnings are no steps."""
    shown = [event for event in recorded if event["event"] in _SHOWN]
    if len(shown) > _MOST:
        shown = [*shown[: _MOST // 2], *shown[-_MOST // 2 :]]
    times = [seconds_of(str(event.get("ts", ""))) for event in shown]
    began = times[0] if times else 0.0
    steps = []
    for number, event in enumerate(shown):
        lasted = times[number + 1] - times[number] if number + 1 < len(shown) else 0.0
        steps.append(
            Step(
                _SHOWN[event["event"]],
                _text(event),
                max(times[number] - began, 0.0),
                max(lasted, 0.0),
                _offset(event),
                event["event"] in _BAD or (event["event"] == "exit" and event.get("state") not in ("DONE", "STOPPED")),
            )
        )
    return tuple(steps)


def _text(event: Event) -> str:
    names = ("state", "tool", "phase", "kind", "text", "reason", "why", "runtime", "channel", "rc")
    words = [str(event[name]) for name in names if event.get(name) not in (None, "")]
    return " ".join(words)[:300]


def _offset(event: Event) -> int:
    offset = event.get("at", event.get("offset", 0))
    return offset if isinstance(offset, int) and offset >= 0 else 0
