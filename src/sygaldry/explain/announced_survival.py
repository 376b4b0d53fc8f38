"""Errors below which a program or script states that it goes on without what failed."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.explain.scan import Raw
from sygaldry.explain.text import clean

_WORDS: Final = (
    b"ontinuing",
    b"alling back",
    b"oing on ",
    b"roceeding",
    b"trying the ",
    b"trying another",
    b"without it",
)
_GOES_ON: Final = re.compile(
    r"(?i)\b(?:continuing (?:with|without|anyway|on|cold)\b|falling back (?:to|on)\b|going on (?:with|without|anyway)\b|proceeding (?:with|without|anyway)\b"
    r"|trying (?:the|another) \w+|(?:continuing|going on)\W*$)"
)
_ENDS: Final = re.compile(
    r"(?i)\bnot (?:continuing|proceeding)|\b(?:stop|abort|before)\w*\b.{0,20}\b(?:continuing|proceeding)"
)
_ABOVE: Final = 9  # lines of an error, with what a program prints below its message
_LOOKED: Final = 300  # characters of a line


def announced_survival(tail: Sequence[Raw]) -> frozenset[int]:
    """Return the numbers of the lines just above each such statement."""
    numbers: set[int] = set()
    for at, raw in enumerate(tail):
        if not any(word in raw.raw for word in _WORDS):
            continue
        text = clean(raw.raw)[:_LOOKED]
        if text.startswith("+ ") or not _GOES_ON.search(text) or _ENDS.search(text):
            continue
        numbers.update(above.number for above in tail[max(at - _ABOVE, 0) : at])
    return frozenset(numbers)
