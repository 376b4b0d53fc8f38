"""The part of a log from a moment on: the offset and the number of its first line."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from sygaldry.diagnosis import Source
from sygaldry.explain.chunks import chunks
from sygaldry.model.lazy_pattern import lazy_pattern

_STAMP: Final = lazy_pattern(rb"(?m)^.{0,120}?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,]\d{1,9})?(Z| ?[+-]\d\d:?\d\d)?")
NO_LINE_SINCE: Final = "no line of the log has a time stamp at or after --since"
_AGE: Final = lazy_pattern(r"(?:[0-9]{1,6}[smhdw]){1,5}")
_PART: Final = lazy_pattern(r"([0-9]+)([smhdw])")
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_EARLIEST: Final = datetime(1, 1, 2, tzinfo=UTC)  # a day later than the first, so that no zone leaves the calendar


def parse_since(typed: str, now: datetime) -> datetime | None:
    """Read an age such as 10m or 1h30m, or a time in ISO 8601; None if it is neither. A time without zone is in UTC."""
    if _AGE.fullmatch(typed):
        age = sum(int(count) * _UNITS[unit] for count, unit in _PART.findall(typed))
        return now - timedelta(seconds=min(age, int((now - _EARLIEST).total_seconds())))
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def first_line_since(source: Source, since: datetime) -> tuple[int, int] | None:
    """Return the offset and number of the first line stamped at or after a moment; None if no line is."""
    number = 1
    for offset, chunk in chunks(source, 0, source.size):
        for found in _STAMP.finditer(chunk):
            if (stamp := _moment(found)) is not None and stamp >= since:
                return offset + found.start(), number + chunk.count(b"\n", 0, found.start())
        number += chunk.count(b"\n")
    return None


def _moment(found: re.Match[bytes]) -> datetime | None:
    zone = (found[2] or b"Z").decode().strip().replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(found[1].decode().replace(" ", "T") + zone)
    except ValueError:
        return None
