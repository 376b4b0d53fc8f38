"""Read the log of a run: its end, a part of it, or new output as it comes."""

import os
import re
import time
from collections.abc import Iterator
from typing import Final

from sygaldry.jobs.estimate import parse_index
from sygaldry.jobs.paths import RunFiles
from sygaldry.jobs.render import PIECE, lines_of, newest_lines, render_line
from sygaldry.model.timestamps import seconds_of
from sygaldry.supervisor.safe_files import open_regular, read_head, read_tail, size_of

_MOST_TAIL: Final = 4 << 20


def last_lines(path: str, count: int) -> list[str]:
    """Return the last lines of a log, rendered."""
    length = max(count * 200, PIECE)
    while True:
        raw = read_tail(path, min(length, _MOST_TAIL))
        if raw.count(b"\n") > count or len(raw) < length or length >= _MOST_TAIL:
            break
        length *= 4
    lines = newest_lines(raw, count)
    return [render_line(line) for line in lines]


def read_chunks(path: str, start: int, end: int) -> Iterator[bytes]:
    """Read a part of a file; holes that were punched to bound the log are skipped."""
    try:
        descriptor = open_regular(path)
    except OSError:
        return
    try:
        while start < end:
            data = _data_from(descriptor, start, end)
            if data > start:
                yield f"\n[{data - start} bytes were removed to bound the log]\n".encode()
                start = data
            piece = os.pread(descriptor, min(PIECE, end - start), start)
            if not piece:
                return
            start += len(piece)
            yield piece
    finally:
        os.close(descriptor)


def _data_from(descriptor: int, start: int, end: int) -> int:
    try:
        return min(os.lseek(descriptor, start, os.SEEK_DATA), end)
    except OSError:  # only a hole, or a file system without holes
        return start


def offsets_between(paths: RunFiles, attempt: int, since: str, until: str) -> tuple[int, int]:
    """Find the offsets of a time span in the index; times are RFC 3339 or an age such as 10m."""
    size = size_of(paths.log(attempt))
    samples = parse_index(read_head(paths.index(attempt), 64 << 20))
    start, end = 0, size
    if since:
        start = max((offset for stamp, offset in samples if stamp < _parse_time(since)), default=0)
    if until:
        end = next((offset for stamp, offset in samples if stamp >= _parse_time(until)), size)
    return start, max(start, end)


def _parse_time(text: str) -> float:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    if text[-1] in units and text[:-1].replace(".", "", 1).isdecimal():
        return time.time() - float(text[:-1]) * units[text[-1]]
    return seconds_of(text)


def is_time(text: str) -> bool:
    """Return whether a time is valid."""
    return bool(text) and _parse_time(text) > 0


def matching_lines(path: str, span: tuple[int, int], pattern: re.Pattern[str]) -> Iterator[str]:
    """Return the rendered lines that match. A block without a match in its bytes is skipped without rendering it."""
    try:
        raw_pattern = re.compile(pattern.pattern.encode(), pattern.flags & re.IGNORECASE | re.MULTILINE)
    except re.error:
        raw_pattern = None
    is_plain = raw_pattern is not None and pattern.pattern.isascii()
    for block in _blocks(read_chunks(path, *span)):
        # Rendering changes text only where there are escapes, overwritten lines, or bytes beyond ASCII.
        is_raw = is_plain and b"\x1b" not in block and b"\r" not in block and b"\b" not in block
        if is_raw and raw_pattern is not None and not raw_pattern.search(block):
            continue
        yield from (line for raw in block.splitlines() if pattern.search(line := render_line(raw)))


def _blocks(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Join chunks to blocks that end with a line; a line without an end in sight is cut."""
    rest = b""
    for chunk in chunks:
        head, end, tail = (rest + chunk).rpartition(b"\n")
        if end:
            yield head + end
            rest = tail
        elif len(tail) > _MOST_TAIL:
            yield tail
            rest = b""
        else:
            rest = tail
    if rest:
        yield rest


def all_lines(path: str, start: int, end: int) -> Iterator[str]:
    """Return the rendered lines of a part of a log."""
    return (render_line(line) for line in lines_of(read_chunks(path, start, end)))
