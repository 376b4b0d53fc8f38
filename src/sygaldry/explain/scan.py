"""A log of any size -> the few lines worth judging, in one pass of cheap literal searches."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from sygaldry.diagnosis import Source
from sygaldry.explain.chunks import CHUNK, chunks
from sygaldry.explain.text import clipped, last_overwrite

NEAR: Final = 2 << 20  # this much of the end is searched for more words
TAIL: Final = 128 << 10  # this much of the end is match_rules line by line

# About 30 ms for each stem and 50 MB, so each has to earn its place.
FAR_STEMS: Final = (
    *(b"error", b"error:", b"fail", b"fatal"),
    *(b"undefined", b"no such", b"not found"),
)
NEAR_STEMS: Final = (
    *FAR_STEMS,
    *(
        b"exception",
        b"killed",
        b"panic",
        b"err!",
        b"cannot",
        b"unable",
        b"could not",
        b"denied",
        b"refused",
        b"abort",
        b"segmentation",
        b"traceback",
    ),
    *(b"timed out", b"timeout", b"conflict", b"missing", b"invalid", b"unresolved", b"not ok", b"no space"),
    *(b"diff in ", b"would reformat", b"unsatisfiable", b"declined", b"rejected", b"required", b"illegal"),
    *(b"must be", b"too large", b"exceeded", b"not accessible", "❌".encode(), b"deprecated version"),
    *(b"unknown", b"out of memory", b"no rule", b"expected", b"mismatch", b"no module"),
)
_A_CHUNK_FAR: Final = 96  # lines with one stem in one chunk; more of them is noise
_A_CHUNK_NEAR: Final = 2_000
_RARE: Final = 2_000  # candidates kept in all: the newest of those that are unlike most others, and the newest
_NEWEST: Final = 500
_FIRST: Final = 300  # the first candidates: the head of a long list of errors
_OFTEN: Final = 4  # a shape met more often is not rare
_SHAPE: Final = 64  # bytes of a line that determine its shape
_LARGE: Final = 8 << 20  # of a larger log, the steps are read from one to two megabytes
_TAIL_LINES: Final = 3_000


class Raw(NamedTuple):
    """A line where it stands: its number from 1, its first byte, its clipped bytes."""

    number: int
    offset: int
    raw: bytes


class Scan(NamedTuple):
    """What one pass found: candidates by their words, the last lines whole, and how many lines and warnings."""

    candidates: list[Raw]
    tail: list[Raw]
    lines: int
    warnings: int
    first: int = 1  # the number of the first line that was read
    near: tuple[int, int] = (0, 1)  # offset and number of the line from which steps are read


def scan(source: Source, start: tuple[int, int] = (0, 1)) -> Scan:
    """Read a source once, from the offset and line number `start` to its end."""
    kept = _Kept()
    tail: deque[Raw] = deque(maxlen=_TAIL_LINES)
    size, first, warnings, ended = source.size, start[1], 0, True
    number = first
    limit = (NEAR if size < _LARGE else 0) + CHUNK
    is_near = False
    for offset, chunk in chunks(source, start[0], size):
        lowered = chunk.lower()
        near = size - offset - len(chunk) < NEAR
        if not is_near and size - offset <= limit:
            is_near, start = True, (offset, number)
        begin = _first_line_of_the_tail(chunk, size - TAIL - offset)
        if begin == len(chunk) and offset + len(chunk) >= size:
            begin = chunk.rfind(b"\n", 0, len(chunk) - 1) + 1  # the last line alone is longer than the tail
        starts = _starts(lowered, NEAR_STEMS if near else FAR_STEMS, _A_CHUNK_NEAR if near else _A_CHUNK_FAR)
        for found in _numbered(chunk, offset, (start for start in starts if start < begin), number):
            kept.add(found)
        tail += _numbered(chunk, offset, _all_starts(chunk, begin), number)
        warnings += lowered.count(b"warning:")
        number += chunk.count(b"\n")
        ended = chunk.endswith(b"\n")
    return Scan(kept.all(), [*tail], number - ended, warnings, first, start)


class _Kept:
    """The candidates worth keeping: of each shape the first few, and of all the last ones."""

    def __init__(self) -> None:
        self._seen: dict[bytes, int] = {}
        self._rare: deque[Raw] = deque(maxlen=_RARE)
        self._newest: deque[Raw] = deque(maxlen=_NEWEST)
        self._first: list[Raw] = []

    def add(self, found: Raw) -> None:
        shape = found.raw[:_SHAPE].translate(None, b"0123456789 \t")
        count = self._seen.get(shape, 0)
        if count < _OFTEN:
            self._seen[shape] = count + 1
            if len(self._first) < _FIRST:
                self._first.append(found)
                return
            self._rare.append(found)
        else:
            self._newest.append(found)

    def all(self) -> list[Raw]:
        return sorted((*self._first, *self._rare, *self._newest))


def suspects(chunk: bytes, offset: int, most: int, stems: tuple[bytes, ...] = NEAR_STEMS) -> list[Raw]:
    """Find the lines of one piece that hold a stem; the numbers count from the piece's own first line."""
    return list(_numbered(chunk, offset, _starts(chunk.lower(), stems, most), 1))


def lines_between(source: Source, begin: int, end: int, number: int) -> list[Raw]:
    """Read the whole lines between two offsets; `begin` is the first byte of line `number`."""
    chunk = source.read(begin, end - begin)
    return list(_numbered(chunk, begin, _all_starts(chunk, 0), number))


def _first_line_of_the_tail(chunk: bytes, begin: int) -> int:
    if begin <= 0:
        return 0
    if begin >= len(chunk):
        return len(chunk)
    return chunk.find(b"\n", begin) + 1 or len(chunk)


def _starts(lowered: bytes, stems: tuple[bytes, ...], most: int) -> list[int]:
    """Find the starts of the lines that hold a stem; the first `most` lines of each."""
    found: set[int] = set()
    complete: tuple[bytes, ...] = ()  # stems all of whose lines were found
    for stem in stems:
        if stem.startswith(complete):
            continue
        at = lowered.find(stem)
        left = most
        while at >= 0 and left:
            found.add(lowered.rfind(b"\n", 0, at) + 1)
            end = lowered.find(b"\n", at)
            at = lowered.find(stem, end) if end >= 0 else -1
            left -= 1
        if at < 0:
            complete += (stem,)
    return sorted(found)


def _all_starts(chunk: bytes, begin: int) -> Iterator[int]:
    while begin < len(chunk):
        yield begin
        begin = chunk.find(b"\n", begin) + 1 or len(chunk)


def _numbered(chunk: bytes, offset: int, starts: Iterable[int], number: int) -> Iterator[Raw]:
    seen = 0
    for start in starts:
        number += chunk.count(b"\n", seen, start)
        seen = start
        yield Raw(number, offset + start, clipped_line(chunk, start))


def clipped_line(chunk: bytes, start: int) -> bytes:
    """Return the line that starts there, without what was overwritten, and with the middle of a long line left out."""
    end = chunk.find(b"\n", start)
    raw = chunk[start : end if end >= 0 else len(chunk)]
    return clipped(last_overwrite(raw) if b"\r" in raw else raw)
