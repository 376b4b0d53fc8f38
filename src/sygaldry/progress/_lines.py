"""Find the newest line of a pattern, for all parsers."""

import re
from collections.abc import Sequence


def newest(lines: Sequence[str], shape: re.Pattern[str]) -> tuple[int, re.Match[str]] | None:
    """Return the index and match of the last line that matches at its start."""
    for index in range(len(lines) - 1, -1, -1):
        if found := shape.match(lines[index]):
            return index, found
    return None


def number(text: str) -> int:
    """Parse a count that may have thousands separators."""
    return int(text.replace(",", "").replace("'", "").replace("_", ""))
