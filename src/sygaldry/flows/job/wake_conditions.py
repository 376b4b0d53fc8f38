"""The events that end a `wait --on` before the job has ended."""

from typing import Final

from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles
from sygaldry.supervisor.safe_files import size_of

# A phase counts when it begins; an error or a stall counts until the attempt or the silence ends.
_BEGINS: Final = ("phase", "retry")
_ENDS: Final = {"error": ("retry",), "stall": ("resumed", "retry")}


class WakeEvents:
    """Finds one kind of event in a run's ledger; the ledger is read again only when it has grown."""

    def __init__(self, paths: RunFiles, on: str, after: int = 0) -> None:
        self._path, self._on = paths.events, on
        self._after = after or (events.last(self._path, *_BEGINS).get("seq", 0) if on == "phase" else 0)
        self._size = -1
        self._found: events.Event = {}

    def poll(self) -> events.Event:
        """Return the awaited event, or an empty one."""
        size = size_of(self._path)
        if size != self._size:
            self._size, self._found = size, self._newest()
        return self._found

    def _newest(self) -> events.Event:
        if self._on == "done":
            return {}
        if self._on == "phase":
            newest = events.last(self._path, *_BEGINS)
            return newest if newest.get("seq", 0) > self._after else {}
        found: events.Event = {}
        for event in events.read_events(self._path):
            if event["event"] == self._on and event.get("seq", 0) > self._after:
                found = found or event
            elif event["event"] in _ENDS[self._on]:
                found = {}
        return found


def format_event(on: str, event: events.Event) -> str:
    """Format an event in one line."""
    if on == "error":
        return f"error at byte {event.get('at', 0)}, event {event.get('seq', 0)}: {event.get('text', '')}"
    if on == "stall":
        return f"silent for {event.get('silent_s', 0)} s"
    return f"phase {event.get('phase', event['event'])} {event.get('tool', '')}".rstrip()
