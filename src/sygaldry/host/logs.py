"""Random access to logs of any size; a pipe is spooled to an unnamed temporary file."""

import errno
import os
import stat
from typing import BinaryIO, Final

from sygaldry.model.errors import NotFoundError, StorageError, UsageError

_PIECE: Final = 1 << 20
_BLOCK: Final = 512  # bytes, the unit of st_blocks
_BLOCK_MOST: Final = 1 << 16  # bytes of a block of a file system, at most
_MOST_EXTENTS: Final = 10_000  # a log that was bounded has two


class LogFile:
    """An open log. Its size is fixed when it is opened, so that a growing log gives consistent answers.

    A hole at the end is no part of it.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.size = _end_of_data(descriptor)

    def read(self, offset: int, length: int) -> bytes:
        """Return at most `length` bytes from `offset`, fewer only at the end."""
        return os.pread(self._descriptor, max(min(length, self.size - offset), 0), offset)

    def next_data(self, offset: int) -> int:
        """Return where the next written byte is: a log that was bounded has a hole in its middle."""
        try:
            return min(os.lseek(self._descriptor, offset, os.SEEK_DATA), self.size)
        except OSError:  # only a hole follows, or the file system has none
            return offset

    def stream(self) -> BinaryIO:
        """Open the log as a stream from its start."""
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        return os.fdopen(os.dup(self._descriptor), "rb")


def _end_of_data(descriptor: int) -> int:
    """Return where the last written byte ends: the size, unless a hole follows it."""
    status = os.fstat(descriptor)
    size = end = status.st_size
    if not stat.S_ISREG(status.st_mode) or status.st_blocks * _BLOCK >= size:
        return size
    position, at = os.lseek(descriptor, 0, os.SEEK_CUR), 0
    try:
        for _ in range(_MOST_EXTENTS):
            end = at  # if no data follows
            at = os.lseek(descriptor, os.lseek(descriptor, at, os.SEEK_DATA), os.SEEK_HOLE)
            if at >= size:
                break
    except OSError as error:
        return _end_of_text(descriptor, min(end, size)) if error.errno == errno.ENXIO else size
    else:
        return size
    finally:
        os.lseek(descriptor, position, os.SEEK_SET)


def _end_of_text(descriptor: int, end: int) -> int:
    """Return where the last block's text ends: a hole begins at a block, and zeros fill the one before."""
    block = os.pread(descriptor, min(end, _BLOCK_MOST), max(end - _BLOCK_MOST, 0))
    return end - len(block) + len(block.rstrip(b"\0"))


def open_log(path: str, *, follow_links: bool = True) -> LogFile:
    """Open a log by its path, `-` being standard input. Raises NotFoundError, UsageError or StorageError."""
    if path == "-":
        return _standard_input()
    try:
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY | (0 if follow_links else os.O_NOFOLLOW)
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise NotFoundError(f"log {path} does not exist", hint=f"ls -l {os.path.dirname(path) or '.'}") from None
    except OSError as error:
        reason = "it is a symbolic link" if error.errno == errno.ELOOP and not follow_links else error.strerror
        raise StorageError(f"cannot read {path}: {reason}", hint=f"look at it: ls -ld {path}") from error
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
        raise UsageError(f"{path} is {kind}", hint="give the log's file, or pipe it in: --log -")
    return LogFile(descriptor)


def _standard_input() -> LogFile:
    if stat.S_ISREG(os.fstat(0).st_mode) and os.lseek(0, 0, os.SEEK_CUR) == 0:
        return LogFile(0)
    if os.isatty(0):
        raise UsageError("standard input is a terminal, not a log", hint="sygaldry job explain --log - < build.log")
    from tempfile import TemporaryFile

    with TemporaryFile() as spool:
        try:
            while piece := os.read(0, _PIECE):
                spool.write(piece)
            spool.flush()
        except OSError as error:
            raise StorageError(
                f"cannot store standard input: {error.strerror}", hint="set TMPDIR to a disk with free space"
            ) from error
        return LogFile(os.dup(spool.fileno()))
