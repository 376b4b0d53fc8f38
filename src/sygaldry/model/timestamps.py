"""Times as our files write them."""

from datetime import UTC, datetime


def seconds_of(stamp: str) -> float:
    """Read an RFC 3339 time as Unix seconds; 0 if it is none."""
    try:
        return datetime.fromisoformat(stamp).astimezone(UTC).timestamp()
    except ValueError:
        return 0.0
