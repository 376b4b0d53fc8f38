"""Unpacked text in an unnamed temporary file, of a bounded size."""

import os
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Final, Protocol

from sygaldry.host.logs import LogFile
from sygaldry.model.errors import StorageError, UsageError

MOST_BYTES: Final = 8 << 30
_PIECE: Final = 1 << 20


class Readable(Protocol):
    """A stream of unpacked bytes."""

    def read(self, size: int, /) -> bytes: ...


def pieces(stream: Readable) -> Iterator[bytes]:
    """Read a stream to its end."""
    return iter(lambda: stream.read(_PIECE), b"")


def spooled(name: str, parts: Iterator[bytes]) -> LogFile:
    """Write parts to a temporary file and open it. Raises UsageError or StorageError."""
    from lzma import LZMAError
    from zlib import error as zlib_error

    with TemporaryFile() as spool:
        try:
            for part in parts:
                spool.write(part)
                if spool.tell() > MOST_BYTES:
                    raise UsageError(f"{name} unpacks to more than 8 GiB", hint="unpack a part of it and name that")
            spool.flush()
        except EOFError as error:
            raise StorageError(
                f"cannot unpack {name}: the file is truncated",
                hint=f"explain what is left of it: gzip -dc {name} | sygaldry job explain --log -",
            ) from error
        except (OSError, LZMAError, zlib_error) as error:
            raise StorageError(f"cannot unpack {name}: {error}", hint="check that the file is complete") from error
        return LogFile(os.dup(spool.fileno()))
