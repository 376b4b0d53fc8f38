"""A log in windows: the lines before or after an offset, the matches of a text, the offsets to go on from.

A line is named by the offset of its first byte: nothing has to be counted, so a log of 5 GB opens at its end at once.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

from sygaldry.dashboard.ansi import Piece, pieces
from sygaldry.supervisor.safe_files import open_regular

WINDOW: Final = 64 << 10  # bytes of a window
_MOST_LINES: Final = 500
_FAR: Final = 1 << 20  # a line's start is looked for this far back
_BLOCK: Final = 4 << 20
_MOST_MATCHES: Final = 100
_SEARCH_S: Final = 2.0
_SHOWN_MATCH: Final = 2000  # bytes of a line that a match shows


class Line(NamedTuple):
    """A rendered line and the offset of its first byte."""

    offset: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Window:
    """A part of a log: `start` and `end` are where its neighbours begin."""

    lines: tuple[Line, ...]
    start: int
    end: int
    size: int

    @property
    def is_start(self) -> bool:
        return self.start <= 0

    @property
    def is_end(self) -> bool:
        return self.end >= self.size


@dataclass(frozen=True)
class Matches:
    """Lines that hold a text; `next` is where to go on, at the size of the log if everything was searched."""

    lines: tuple[Line, ...]
    next: int
    size: int


def window_before(path: str, end: int) -> Window:
    """Return the lines that end before an offset; a negative one means the end of the log."""
    with _Log(path) as log:
        end = log.size if end < 0 else min(end, log.size)
        start = log.line_start(max(end - WINDOW, 0), back=False, within=end)
        return _window(log, start, end, keep_last=True)


def window_after(path: str, start: int) -> Window:
    """Return the lines from the one that holds an offset on."""
    with _Log(path) as log:
        start = log.line_start(min(max(start, 0), log.size), back=True)
        end = min(start + WINDOW, log.size)
        if end < log.size:
            newline = log.read(start, end).rfind(b"\n")
            end = start + newline + 1 if newline >= 0 else end
        return _window(log, start, end, keep_last=False)


def window_around(path: str, offset: int) -> Window:
    """Return a window with a line in it and some lines before it."""
    with _Log(path) as log:
        offset = min(max(offset, 0), log.size)
        start = log.line_start(max(offset - WINDOW // 4, 0), back=False, within=offset)
    return window_after(path, start)


def search(path: str, text: str, start: int) -> Matches:
    """Find a text from an offset on, as it is written, for a bounded time and a bounded number of lines."""
    needle = text.encode("utf-8", "surrogateescape")
    found: list[Line] = []
    deadline = time.monotonic() + _SEARCH_S
    with _Log(path) as log:
        at = min(max(start, 0), log.size)
        while needle and at < log.size and len(found) < _MOST_MATCHES and time.monotonic() < deadline:
            hit = log.read(at, at + _BLOCK + len(needle) - 1).find(needle)
            if hit < 0:
                at += _BLOCK
                continue
            first, last = log.line_start(at + hit, back=True), _line_end(log, at + hit)
            found.append(Line(first, pieces(log.read(first, min(last, first + _SHOWN_MATCH)))))
            at = last + 1
        return Matches(tuple(found), min(at, log.size), log.size)


def new_lines(path: str, start: int) -> Window:
    """Return what a follower has not seen yet: whole lines, at most a window; older output is skipped when it lags."""
    with _Log(path) as log:
        if start > log.size:
            start = 0  # the file was replaced
        if log.size - start > _FAR:
            start = log.line_start(log.size - WINDOW, back=False, within=log.size)
        end = min(start + WINDOW, log.size)
        raw = log.read(start, end)
        newline = raw.rfind(b"\n")
        if newline < 0 and len(raw) < WINDOW:
            return Window((), start, start, log.size)
        end = start + newline + 1 if newline >= 0 else end
        return _window(log, start, end, keep_last=False)


class _Log:
    """An open log. A path that is no regular file is an empty log."""

    def __init__(self, path: str) -> None:
        try:
            self._descriptor = open_regular(path)
            self.size = os.fstat(self._descriptor).st_size
        except OSError:
            self._descriptor, self.size = -1, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes between two offsets."""
        try:
            return os.pread(self._descriptor, max(end - start, 0), start) if self._descriptor >= 0 else b""
        except OSError:
            return b""

    def line_start(self, offset: int, *, back: bool, within: int = -1) -> int:
        """Return the start of the line that holds an offset, or with `back=False` of the first line at or after it."""
        if offset <= 0:
            return 0
        if not back:
            newline = self.read(offset - 1, within).find(b"\n")
            return offset + newline if newline >= 0 else offset
        start = max(offset - _FAR, 0)
        piece = 4096
        while True:
            begin = max(offset - piece, start)
            newline = self.read(begin, offset).rfind(b"\n")
            if newline >= 0:
                return begin + newline + 1
            if begin == start:
                return start
            piece *= 8


def _line_end(log: _Log, offset: int) -> int:
    """Return the offset of the line feed that ends a line, or where the search for it was given up."""
    newline = log.read(offset, offset + _FAR).find(b"\n")
    return offset + newline if newline >= 0 else min(offset + _FAR, log.size)


def _window(log: _Log, start: int, end: int, *, keep_last: bool) -> Window:
    lines: list[tuple[int, bytes]] = []
    at = start
    for raw in log.read(start, end).split(b"\n"):
        lines.append((at, raw))
        at += len(raw) + 1
    if lines and not lines[-1][1]:
        lines.pop()
    if len(lines) > _MOST_LINES:
        lines = lines[-_MOST_LINES:] if keep_last else lines[:_MOST_LINES]
        first = lines[0][0]
        last_at, last = lines[-1]
        start, end = (first, end) if keep_last else (start, last_at + len(last) + 1)
    return Window(tuple(Line(at, pieces(raw)) for at, raw in lines), start, end, log.size)
