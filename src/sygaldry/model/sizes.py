"""Sizes as people read them."""

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
_STEP = 1024


def human(size_bytes: float) -> str:
    """Format a number of bytes with the unit that keeps it short: 1536 is 1.5 KiB."""
    for unit in _UNITS:
        if size_bytes < _STEP or unit == _UNITS[-1]:
            return f"{size_bytes:.0f} {unit}" if unit == "B" else f"{size_bytes:.1f} {unit}"
        size_bytes /= _STEP
    raise AssertionError("the last unit always fits")
