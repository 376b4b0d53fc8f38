"""Read the log of a run: its end, a part of it, or all that is still to come."""

import os
import time
from collections.abc import Callable, Iterator
from typing import Final

from sygaldry.flows.job.lookup import look, names_of
from sygaldry.host.locks import wait_until_free
from sygaldry.jobs.estimate import parse_index
from sygaldry.jobs.paths import Names
from sygaldry.jobs.render import PIECE, lines_of, newest_lines, shown
from sygaldry.model.job import State
from sygaldry.model.timestamps import seconds_of

_LOOK_S: Final = 0.2
_MOST_TAIL: Final = 4 << 20


def end_of(path: str, count: int) -> list[str]:
    """Return the last lines of a log as a person would see them."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            length = min(size, max(count * 200, PIECE))
            while True:
                file.seek(size - length)
                raw = file.read(length)
                if raw.count(b"\n") > count or length == size or length >= _MOST_TAIL:
                    break
                length = min(size, length * 4, _MOST_TAIL)
    except OSError:
        return []
    lines = newest_lines(raw, count)
    return [shown(line) for line in lines]


def pieces(path: str, start: int, end: int) -> Iterator[bytes]:
    """Read a part of a file; a hole that was punched to bound the log is passed over."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        while start < end:
            data = _data_from(descriptor, start, end)
            if data > start:
                yield f"\n[{data - start} bytes were taken out to bound the log]\n".encode()
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
    except OSError:  # nothing but a hole, or a file system that has no notion of them
        return start


def part(names: Names, attempt: int, since: str, until: str) -> tuple[int, int]:
    """Find the offsets of a time span by the index; times are RFC 3339 or an age such as 10m."""
    try:
        size = os.path.getsize(names.log(attempt))
        with open(names.index(attempt), "rb") as file:
            samples = parse_index(file.read(64 << 20))
    except OSError:
        return 0, 0
    start, end = 0, size
    if since:
        start = max((offset for stamp, offset in samples if stamp < _moment(since)), default=0)
    if until:
        end = next((offset for stamp, offset in samples if stamp >= _moment(until)), size)
    return start, max(start, end)


def _moment(text: str) -> float:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    if text[-1] in units and text[:-1].replace(".", "", 1).isdecimal():
        return time.time() - float(text[:-1]) * units[text[-1]]
    return seconds_of(text)


def is_moment(text: str) -> bool:
    """Tell whether a time can be read."""
    return bool(text) and _moment(text) > 0


def follow(names: Names, attempt: int, offset: int, tell: Callable[[str], None]) -> State:
    """Tell what is printed until the job has ended, its later attempts and newer runs included."""
    rest = b""
    while True:
        seen = look(names)
        size = os.path.getsize(names.log(attempt)) if os.path.exists(names.log(attempt)) else 0
        if size > offset:
            raw = rest + b"".join(pieces(names.log(attempt), offset, size))
            offset = size
            *whole, rest = raw.split(b"\n")
            for line in whole:
                tell(shown(line))
            if len(rest) > 2 * PIECE:
                rest = rest[-PIECE:]
            continue
        if seen.attempt > attempt:
            attempt, offset = attempt + 1, 0
            tell(f"[attempt {attempt}]")
            continue
        newer = names_of(names.folder, names.job)
        if seen.truth.state.final or newer.run > names.run:
            if rest:
                tell(shown(rest))
                rest = b""
            if newer.run > names.run:
                names, attempt, offset = newer, 1, 0
                tell(f"[run {names.run}]")
                continue
            return seen.truth.state
        lock = names.supervisor_lock if seen.truth.state is State.PROGRESS else ""
        if lock:
            wait_until_free({"": lock}, _LOOK_S)
        else:
            time.sleep(_LOOK_S)


def all_lines(path: str, start: int, end: int) -> Iterator[str]:
    """Return a part of a log line by line as a person would see it."""
    return (shown(line) for line in lines_of(pieces(path, start, end)))
