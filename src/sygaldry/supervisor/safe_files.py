"""Read files that a container may have written: regular files only, no links, never more than a limit.

A FIFO would block the reader, a link would name a file of the host, and a sparse file has no end.
"""

from __future__ import annotations

import os
import stat

_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY


def open_regular(path: str, flags: int = _READ) -> int:
    """Open a regular file and return its descriptor. Raises OSError, also for a link, a FIFO or a device."""
    descriptor = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY, 0o600)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "it is not a regular file", path)
    return descriptor


def read_head(path: str, most: int) -> bytes:
    """Return at most `most` bytes from the start of a file; none if it cannot be read."""
    return _read(path, most, from_end=False)


def read_tail(path: str, most: int) -> bytes:
    """Return at most `most` bytes from the end of a file; none if it cannot be read."""
    return _read(path, most, from_end=True)


def size_of(path: str) -> int:
    """Return the size of a regular file; 0 if it is none."""
    try:
        status = os.lstat(path)
    except OSError:
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def _read(path: str, most: int, *, from_end: bool) -> bytes:
    try:
        descriptor = open_regular(path)
    except OSError:
        return b""
    try:
        offset = max(os.fstat(descriptor).st_size - most, 0) if from_end else 0
        chunks: list[bytes] = []
        while most > 0 and (chunk := os.pread(descriptor, min(most, 1 << 20), offset)):
            chunks.append(chunk)
            offset += len(chunk)
            most -= len(chunk)
        return b"".join(chunks)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
