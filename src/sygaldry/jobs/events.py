"""Read the events of a run tolerantly: damaged, foreign or newer records are skipped, never fatal."""

import json
from collections.abc import Iterator
from typing import Any, Final

from sygaldry.supervisor.ledger import LONGEST, SCHEMA, Events

__all__ = ["SCHEMA", "Event", "Events", "first", "last", "parse_events", "read_events"]

Event = dict[str, Any]
_MOST: Final = 64 << 20


def parse_events(raw: bytes) -> Iterator[Event]:
    """Parse events; an unterminated last line is incomplete and skipped."""
    lines = raw.split(b"\n")
    for line in lines[:-1]:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict) and isinstance(record.get("event"), str):
            yield record


def read_events(path: str) -> tuple[Event, ...]:
    """Read all events of a run; none if there is no ledger."""
    try:
        with open(path, "rb") as file:
            return tuple(parse_events(file.read(_MOST)))
    except OSError:
        return ()


def first(path: str, event: str) -> Event:
    """Return the first event of a kind near the beginning of a ledger, or an empty one."""
    try:
        with open(path, "rb") as file:
            head = file.read(4 * LONGEST)
    except OSError:
        return {}
    return next((each for each in parse_events(head) if each["event"] == event), {})


def last(path: str, *events: str) -> Event:
    """Return the newest event of some kinds near the end of a ledger, or an empty one."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, 2)
            file.seek(max(size - 8 * LONGEST, 0))
            tail = file.read()
    except OSError:
        return {}
    return next((each for each in reversed(tuple(parse_events(tail))) if each["event"] in events), {})
