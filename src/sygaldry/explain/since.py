"""The part of a log from a moment on: the offset and the number of its first line."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from sygaldry.diagnosis import Source

_STAMP: Final = re.compile(rb"(?m)^.{0,120}?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,]\d{1,9})?(Z| ?[+-]\d\d:?\d\d)?")
_AGE: Final = re.compile(r"(\d{1,6})([smhd])$")
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_PIECE: Final = 1 << 20


def parse_since(typed: str, now: datetime) -> datetime | None:
    """Read an age such as 10m, or a time in ISO 8601; None if it is neither. A time without zone is in UTC."""
    if found := _AGE.match(typed):
        return now - timedelta(seconds=int(found[1]) * _UNITS[found[2]])
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def first_line_since(source: Source, since: datetime) -> tuple[int, int] | None:
    """Return the offset and number of the first line stamped at or after a moment; None if no line is."""
    offset, number = 0, 1
    while offset < source.size:
        piece = source.read(offset, _PIECE)
        if not piece:
            break
        if offset + len(piece) < source.size:
            piece = piece[: piece.rfind(b"\n") + 1] or piece
        for found in _STAMP.finditer(piece):
            if (stamp := _moment(found)) is not None and stamp >= since:
                return offset + found.start(), number + piece.count(b"\n", 0, found.start())
        offset += len(piece)
        number += piece.count(b"\n")
    return None


def _moment(found: re.Match[bytes]) -> datetime | None:
    zone = (found[2] or b"Z").decode().strip().replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(found[1].decode().replace(" ", "T") + zone)
    except ValueError:
        return None
