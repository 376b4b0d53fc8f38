"""Read the events of a run tolerantly: damaged, foreign or newer records are skipped, never fatal.

A ledger inside a container is evidence, not truth: its values are checked for their types before anybody computes with
them. The record of a run is the host's own copy of what it decided and observed; no container can write it.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from sygaldry.model.json_text import parse_json
from sygaldry.supervisor.ledger import LONGEST, SCHEMA, Events
from sygaldry.supervisor.safe_files import read_head, read_tail

__all__ = ["SCHEMA", "Event", "Events", "first", "last", "parse_events", "read_events"]

Event = dict[str, Any]
_MOST: Final = 64 << 20
_LARGEST: Final = 1 << 62
_NUMBER: Final = (int, float)
# Keys that are computed with, and the types that they must have.
_TYPES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        **dict.fromkeys(("seq", "offset", "attempt", "key", "at", "bytes", "upto", "retries", "processes"), int),
        **dict.fromkeys(("rss_bytes", "gpu_percent", "gpu_bytes"), int),
        **dict.fromkeys(("silent_s", "cpu_s", "eta_s", "pause_s", "boottime_s", "prepared_s", "free_bytes"), _NUMBER),
        **dict.fromkeys(("ts", "state", "by", "why", "host", "boot_id", "runtime", "container", "image", "text"), str),
        **dict.fromkeys(("image_key", "image_id", "image_digest"), str),
        **dict.fromkeys(
            ("command", "within", "tool", "phase", "step", "reason", "kind", "commit", "gpu", "entrypoint"), str
        ),
        "rc": int,
    }
)


def parse_events(raw: bytes) -> Iterator[Event]:
    """Parse events; an unterminated last line is incomplete and skipped."""
    lines = raw.split(b"\n")
    for line in lines[:-1]:
        if len(line) > 4 * LONGEST:
            continue
        try:
            record = parse_json(line)
        except ValueError:
            continue
        if isinstance(record, dict) and isinstance(record.get("event"), str):
            yield {name: value for name, value in record.items() if _is_valid(name, value)}


def read_events(path: str) -> tuple[Event, ...]:
    """Read all events of a run; none if there is no ledger."""
    return tuple(parse_events(read_head(path, _MOST)))


def first(path: str, event: str) -> Event:
    """Return the first event of a kind near the beginning of a ledger, or an empty one."""
    head = read_head(path, 4 * LONGEST)
    return next((each for each in parse_events(head) if each["event"] == event), {})


def last(path: str, *events: str) -> Event:
    """Return the newest event of some kinds near the end of a ledger, or an empty one."""
    tail = read_tail(path, 8 * LONGEST)
    return next((each for each in reversed(tuple(parse_events(tail))) if each["event"] in events), {})


def _is_valid(name: str, value: object) -> bool:
    """Return whether a value has the type of its key and a size that arithmetic can take."""
    expected = _TYPES.get(name)
    if expected is None or value is None:
        return True
    if isinstance(value, bool) or not isinstance(value, expected):
        return False
    return not isinstance(value, _NUMBER) or (-_LARGEST < value < _LARGEST)
