"""Windows PowerShell breaks a native program's standard error at the width of the console: put messages together again.

https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_redirection

A joined message stands in its first line; the lines of its other pieces are empty, so that every line keeps its number
and its offset.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import islice, pairwise
from typing import Final

from sygaldry.diagnosis import Memory, Source
from sygaldry.explain.powershell_record import without_records
from sygaldry.model.lazy_pattern import lazy_pattern

_MOST: Final = 4 << 20  # bytes of a log that is read whole for this
_MARKS: Final = (b"NativeCommandE", b"FullyQualif", b"+ CategoryInf")
_NARROWEST: Final = 20
_WIDEST: Final = 250
_FULL: Final = 3  # lines of one width show that it is the width of the console
# The first line of a message of its own, where the one above ends at the last column.
_STARTS: Final = lazy_pattern(
    r'  File "|Traceback \(|During handling of |\[?\d{4}-\d\d-\d\d[ T]|[A-Za-z_][\w.]{2,60}(?:Error|Exception): |(?:ERROR|WARNING|INFO|DEBUG):'
)
_PIECES: Final = 60  # of one message
_CATEGORY: Final = lazy_pattern(r"^ {4}\+ CategoryInf")
_RECORDS: Final = 20  # are looked at
_BEFORE: Final = 4  # lines of a record above its category: the end of the message, the place, the command
_AFTER: Final = 8


def unwrapped(source: Source) -> Source:
    """Return the log with its messages joined, or as it is where PowerShell did not break them."""
    if source.size > _MOST:
        return source
    raw = source.read(0, source.size)
    if not any(mark in raw for mark in _MARKS):
        return source
    lines = raw.split(b"\n")
    texts = [line.rstrip(b"\r").decode("utf-8", "replace") for line in lines]
    width = _width(texts)
    joined = _joined(lines, texts, width) if width else lines
    return Memory(b"\n".join(without_records(joined)))


def _width(texts: Sequence[str]) -> int:
    """Return the width of the console, or 0: that of a record which fills it, else the commonest width of full lines."""
    records = (at for at, text in enumerate(texts) if _CATEGORY.match(text))
    for at in islice(records, _RECORDS):
        record = Counter(map(len, texts[max(at - _BEFORE, 0) : at + _AFTER]))
        width = max(record)
        if _NARROWEST <= width <= _WIDEST and record[width] >= _FULL:
            return width
    full = Counter(
        len(text)
        for text, below in pairwise(texts)
        if _NARROWEST <= len(text) <= _WIDEST and below.strip() and not below.startswith(" ")
    )
    width, count = max(full.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return width if count >= _FULL else 0


def _joined(lines: Sequence[bytes], texts: Sequence[str], width: int) -> list[bytes]:
    joined: list[bytes] = []
    while len(joined) < len(lines):
        first = last = len(joined)
        while last + 1 < len(lines) and last - first < _PIECES and _goes_on(texts[last], texts[last + 1], width):
            last += 1
        pieces = lines[first : last + 1]
        message = b"".join(piece.rstrip(b"\r") for piece in pieces)
        joined += [message.ljust(sum(map(len, pieces))), *[b""] * (last - first)]
    return joined


def _goes_on(text: str, below: str, width: int) -> bool:
    """Return whether a line was broken: it fills the console, or the next word would not have fitted."""
    if not text.strip() or not below.strip() or len(text) > width or _STARTS.match(below):
        return False
    word, blank, _ = below.partition(" ")
    return len(text) == width or (text.endswith(" ") and len(text + word + blank) > width)
