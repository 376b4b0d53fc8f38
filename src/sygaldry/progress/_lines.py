"""What parsers share: the newest line of a shape."""

import re
from collections.abc import Sequence


def newest(lines: Sequence[str], shape: re.Pattern[str]) -> tuple[int, re.Match[str]] | None:
    """Find the last line that a shape matches at its start, and where it stands."""
    for index in range(len(lines) - 1, -1, -1):
        if found := shape.match(lines[index]):
            return index, found
    return None


def number(text: str) -> int:
    """Read a count that may have thousands' marks."""
    return int(text.replace(",", "").replace("'", "").replace("_", ""))
