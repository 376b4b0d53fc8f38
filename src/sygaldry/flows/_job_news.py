"""What `wait --on` may be woken by before a job has ended."""

from typing import Final

from sygaldry.jobs import events
from sygaldry.jobs.paths import Names

# A phase is news when it begins; an error and a stall hold until an attempt, or the silence, ends.
_BEGINS: Final = ("phase", "retry")
_ENDS: Final = {"error": ("retry",), "stall": ("resumed", "retry")}


def mark(names: Names, on: str) -> int:
    """Return what the news of a wait that begins now must come after."""
    return _newest(names, _BEGINS).get("seq", 0) if on == "phase" else 0


def news(names: Names, on: str, after: int) -> events.Event:
    """Return the event that somebody waits for, or an empty one."""
    if on == "done":
        return {}
    if on == "phase":
        newest = _newest(names, _BEGINS)
        return newest if newest.get("seq", 0) > after else {}
    found: events.Event = {}
    for event in events.read_events(names.events):
        if event["event"] == on:
            found = found or event
        elif event["event"] in _ENDS[on]:
            found = {}
    return found


def told(on: str, event: events.Event) -> str:
    """Say an event in a line."""
    if on == "error":
        return f"error at byte {event.get('at', 0)}: {event.get('text', '')}"
    if on == "stall":
        return f"silent for {event.get('silent_s', 0)} s"
    return f"phase {event.get('phase', event['event'])} {event.get('tool', '')}".rstrip()


def _newest(names: Names, kinds: tuple[str, ...]) -> events.Event:
    return events.last(names.events, *kinds)
