"""Logs as they are kept: compressed, in UTF-16, several in an archive or a folder.

Each becomes an unnamed temporary file of plain UTF-8 text. What is unpacked is bounded, because an archive of some
kilobytes can hold terabytes.
"""

import codecs
import os
from collections.abc import Iterator
from typing import Final, NamedTuple

from sygaldry.host import compressed
from sygaldry.host.logs import LogFile, open_log
from sygaldry.host.spool import spooled
from sygaldry.model.errors import UsageError

_PIECE: Final = 1 << 20
_MOST_FILES: Final = 500
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")  # of a file, of an empty archive, of a divided one
_HEAD: Final = 512  # bytes that tell what a file is; the mark of a tar archive ends at 262


class NamedLog(NamedTuple):
    """A log and the name that an answer calls it by."""

    name: str
    source: LogFile


def open_logs(path: str) -> tuple[NamedLog, ...]:
    """Open a log, an archive of logs or a folder of logs. Raises NotFoundError, UsageError or StorageError."""
    if path != "-" and os.path.isdir(path):
        return _folder(path)
    source = open_log(path)
    if source.read(0, _HEAD).startswith(_ZIP):
        from sygaldry.host import archives

        return tuple(NamedLog(name, plain(name, entry)) for name, entry in archives.unzip(path, source))
    source = plain(path, source)
    if source.read(0, _HEAD)[257:262] == b"ustar":
        from sygaldry.host import archives

        return tuple(NamedLog(name, plain(name, entry)) for name, entry in archives.untar(path, source))
    return (NamedLog(path, source),)


def plain(name: str, source: LogFile) -> LogFile:
    """Return a log as plain UTF-8 text: unpacked, and decoded from UTF-16."""
    head = source.read(0, _HEAD)
    unpack = compressed.method(head)
    if unpack is not None:
        source = unpack(name, source)
        head = source.read(0, _HEAD)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return spooled(name, _recoded(source))
    return source


def _folder(path: str) -> tuple[NamedLog, ...]:
    names: list[str] = []
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        names += [os.path.join(folder, name) for name in files if not name.startswith(".")]
    if not names:
        raise UsageError(f"{path} holds no logs", hint=f"ls -lR {path}")
    if len(names) > _MOST_FILES:
        raise UsageError(f"{path} holds more than {_MOST_FILES} files", hint="name the logs: --log FILE --log FILE")
    files = [name for name in sorted(names) if os.path.isfile(name) and not os.path.islink(name)]
    return tuple(NamedLog(os.path.relpath(name, path), plain(name, open_log(name))) for name in files)


def _recoded(source: LogFile) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    for offset in range(0, source.size, _PIECE):
        yield decoder.decode(source.read(offset, _PIECE)).encode("utf-8", "replace")
