"""Unpacked text in an unnamed temporary file, of a bounded size."""

import errno
import os
from collections.abc import Iterator
from shlex import quote
from typing import Final, Protocol

from sygaldry.host.logs import LogFile
from sygaldry.model.errors import StorageError, UsageError

MOST_BYTES: Final = 8 << 30
_PIECE: Final = 1 << 20
_ORDINARY: Final = 1 << 30  # bytes that may have any ratio: a program that repeats one line packs 1000 to 1
_MOST_RATIO: Final = 200  # logs pack 10 to 50 to 1; an archive made to fill a disk, 1000 to 1


class Readable(Protocol):
    """A stream of unpacked bytes."""

    def read(self, size: int, /) -> bytes: ...


def pieces(stream: Readable) -> Iterator[bytes]:
    """Read a stream to its end."""
    return iter(lambda: stream.read(_PIECE), b"")


def is_excessive(size: int, packed: int) -> bool:
    """Return whether data unpacks to more bytes than a log does: an archive of some kilobytes can hold terabytes."""
    return size > MOST_BYTES or size > max(_ORDINARY, packed * _MOST_RATIO)


def spooled(name: str, parts: Iterator[bytes], packed: int = MOST_BYTES, command: str = "gzip -dc") -> LogFile:
    """Write parts to a temporary file and open it; `packed` is their packed size in bytes.

    `command` prints what is left of a damaged file.

    Raises UsageError or StorageError.
    """
    from lzma import LZMAError
    from tempfile import TemporaryFile  # a plain log does without
    from zlib import error as zlib_error

    rest = f"explain what is left of it: {command} {quote(name)} | sygaldry job explain --log -"
    with TemporaryFile() as spool:
        try:
            for part in parts:
                if part.count(0) == len(part):  # a hole takes no room on the disk, and the scan skips it
                    spool.seek(len(part), os.SEEK_CUR)
                else:
                    spool.write(part)
                if is_excessive(spool.tell(), packed):
                    raise UsageError(
                        f"{name} unpacks to more than {spool.tell() >> 30} GiB",
                        hint="unpack a part of it and name that",
                    )
            spool.truncate()
            spool.flush()
        except EOFError as error:
            raise StorageError(
                f"cannot unpack {name}: the file is truncated",
                hint=rest if name != "-" else "store it in a file, and name that",
            ) from error
        except (OSError, LZMAError, zlib_error) as error:
            hint = "set TMPDIR to a disk with free space" if _is_full(error) else rest
            raise StorageError(f"cannot unpack {name}: {error}", hint=hint) from error
        return LogFile(os.dup(spool.fileno()))


def _is_full(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
