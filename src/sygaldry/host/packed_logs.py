"""Logs as they are kept: compressed, in UTF-16, several in an archive or a folder.

Each becomes an unnamed temporary file of plain UTF-8 text. What is unpacked is bounded, because an archive of some
kilobytes can hold terabytes.
"""

import codecs
import os
import subprocess
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from sygaldry.host.logs import LogFile, open_log
from sygaldry.model.errors import StorageError, UsageError

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_PIECE: Final = 1 << 20
_MOST_BYTES: Final = 8 << 30
_MOST_FILES: Final = 500
_GZIP: Final = b"\x1f\x8b"
_XZ: Final = b"\xfd7zXZ\x00"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_ZSTD_COMMAND: Final = ("zstd", "-dcq")
_ZIP: Final = b"PK\x03\x04"


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class NamedLog(NamedTuple):
    """A log and the name that an answer calls it by."""

    name: str
    source: LogFile


def open_logs(path: str) -> tuple[NamedLog, ...]:
    """Open a log, an archive of logs or a folder of logs. Raises NotFoundError, UsageError or StorageError."""
    if path != "-" and os.path.isdir(path):
        return _folder(path)
    source = open_log(path)
    head = source.read(0, 8)
    if head.startswith(_ZIP):
        return _zip(path, source)
    return (NamedLog(path, _plain(path, source, head)),)


def _plain(path: str, source: LogFile, head: bytes) -> LogFile:
    if head.startswith(_GZIP):
        from gzip import GzipFile

        with source.stream() as packed, GzipFile(fileobj=packed) as plain:
            return _unpacked(path, plain)
    if head.startswith(_XZ):
        from lzma import LZMAFile

        with source.stream() as packed, LZMAFile(packed) as plain:
            return _unpacked(path, plain)
    if head.startswith(_ZSTD):
        return _zstd(path, source)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _spooled(path, _recoded(source))
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
    logs = []
    for name in sorted(names):
        if os.path.isfile(name) and not os.path.islink(name):
            source = open_log(name)
            logs.append(NamedLog(os.path.relpath(name, path), _plain(name, source, source.read(0, 8))))
    return tuple(logs)


def _zip(path: str, source: LogFile) -> tuple[NamedLog, ...]:
    from zipfile import BadZipFile, ZipFile

    try:
        with source.stream() as packed, ZipFile(packed) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir() and entry.file_size]
            # GitHub's download has each job twice: whole at the top, and step by step in folders.
            entries = [entry for entry in entries if "/" not in entry.filename] or entries
            if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > _MOST_BYTES:
                raise UsageError(f"{path} holds too many or too large logs", hint="unpack it and name the logs")
            return tuple(
                NamedLog(entry.filename, _entry(archive, entry))
                for entry in sorted(entries, key=lambda entry: entry.filename)
            )
    except (BadZipFile, NotImplementedError, RuntimeError) as error:
        raise StorageError(f"cannot unpack {path}: {error}", hint=f"python3 -m zipfile -t {path}") from error


def _entry(archive: "ZipFile", entry: "ZipInfo") -> LogFile:
    with archive.open(entry) as packed:
        return _unpacked(entry.filename, packed)


def _unpacked(name: str, packed: _Readable) -> LogFile:
    return _spooled(name, iter(lambda: packed.read(_PIECE), b""))


def _zstd(path: str, source: LogFile) -> LogFile:
    try:
        with source.stream() as packed, subprocess.Popen(_ZSTD_COMMAND, stdin=packed, stdout=subprocess.PIPE) as done:
            stream = done.stdout
            if stream is None:
                raise StorageError(f"cannot unpack {path}", hint="zstd -t")
            try:
                return _unpacked(path, stream)
            finally:
                done.kill()
    except FileNotFoundError:
        raise UsageError(f"{path} is compressed with zstd, which is not installed", hint="apt install zstd") from None


def _recoded(source: LogFile) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    for offset in range(0, source.size, _PIECE):
        yield decoder.decode(source.read(offset, _PIECE)).encode("utf-8", "replace")


def _spooled(name: str, pieces: Iterator[bytes]) -> LogFile:
    from zlib import error as zlib_error

    with TemporaryFile() as spool:
        try:
            for piece in pieces:
                spool.write(piece)
                if spool.tell() > _MOST_BYTES:
                    raise UsageError(f"{name} unpacks to more than 8 GiB", hint="unpack a part of it and name that")
            spool.flush()
        except (OSError, EOFError, zlib_error) as error:
            raise StorageError(f"cannot unpack {name}: {error}", hint="check that the file is complete") from error
        return LogFile(os.dup(spool.fileno()))
