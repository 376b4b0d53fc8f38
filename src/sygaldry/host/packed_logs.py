"""Logs as they are kept: compressed, in UTF-16, several in an archive or a folder.

Each becomes an unnamed temporary file of plain UTF-8 text. What is unpacked is bounded, because an archive of some
kilobytes can hold terabytes.
"""

import os
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from sygaldry.host import compressed
from sygaldry.host.encodings import encoding_of, recoded
from sygaldry.host.logs import LogFile, open_log
from sygaldry.host.spool import is_excessive, spooled
from sygaldry.model.errors import SygaldryError, UsageError

_MOST_FILES: Final = 500
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")  # of a file, of an empty archive, of a divided one
_HEAD: Final = 512  # bytes that tell what a file is; the mark of a tar archive ends at 262
_TAR: Final = slice(257, 262)

Entry = tuple[str, LogFile | SygaldryError]


class NamedLog(NamedTuple):
    """A log and the name that an answer calls it by."""

    name: str
    source: LogFile


class OpenedLogs(NamedTuple):
    """Logs, and the files of an archive or a folder that could not be read, with the reason."""

    logs: tuple[NamedLog, ...]
    left_out: tuple[str, ...] = ()


def open_all(paths: Iterable[str]) -> OpenedLogs:
    """Open several logs, archives and folders; a path given twice is read once. Raises as `open_logs` does."""
    names = {path if path == "-" else os.path.realpath(path): path for path in paths}
    opened = [open_logs(path) for path in names.values()]
    logs = tuple(log for each in opened for log in each.logs)
    return OpenedLogs(logs, tuple(name for each in opened for name in each.left_out))


def open_logs(path: str) -> OpenedLogs:
    """Open a log, an archive of logs or a folder of logs. Raises NotFoundError, UsageError or StorageError."""
    if path != "-" and os.path.isdir(path):
        return _readable(path, _folder(path))
    source = open_log(path)
    if not _is_zip(source):
        source = plain(path, source)
    if _is_zip(source):
        from sygaldry.host import archives

        return _readable(path, archives.unzip(path, source), source.size)
    if _is_tar(source):
        from sygaldry.host import archives

        return _readable(path, archives.untar(path, source), source.size)
    return OpenedLogs((NamedLog(path, source),))


def plain(name: str, source: LogFile) -> LogFile:
    """Return a log as plain UTF-8 text: unpacked, and decoded from UTF-16. Raises UsageError or StorageError."""
    head = source.read(0, _HEAD)
    unpack = compressed.method(head)
    if unpack is not None:
        source = unpack(name, source)
        head = source.read(0, _HEAD)
    encoding = encoding_of(head)
    return spooled(name, recoded(source, encoding)) if encoding else source


def _readable(path: str, entries: Iterable[Entry], packed: int = 0) -> OpenedLogs:
    """Open what can be read. Raises the error of the first file if none can."""
    logs: list[NamedLog] = []
    errors: list[tuple[str, SygaldryError]] = []
    unpacked = 0
    for name, entry in entries:
        try:
            source = _log(name, entry)
        except SygaldryError as error:
            errors.append((name, error))
            continue
        if source is not entry:
            unpacked += source.size
            packed += entry.size if isinstance(entry, LogFile) else 0
        if is_excessive(unpacked, packed):
            raise UsageError(f"{path} holds too many or too large logs", hint="unpack it and name the logs")
        logs.append(NamedLog(name, source))
    if not logs and errors:
        raise errors[0][1]
    if not logs:
        raise UsageError(f"{path} holds no logs", hint="name the logs: --log FILE --log FILE")
    filled = [log for log in logs if log.source.size]  # an empty log is reported only where all are empty
    return OpenedLogs(tuple(filled or logs[:1]), tuple(f"{name}: {error.problem}" for name, error in errors))


def _log(name: str, entry: LogFile | SygaldryError) -> LogFile:
    if isinstance(entry, SygaldryError):
        raise entry
    source = plain(name, entry)
    if _is_zip(source) or _is_tar(source):
        raise UsageError("an archive inside", hint=f"unpack {name} and name it: --log FILE")
    return source


def _is_zip(source: LogFile) -> bool:
    return source.read(0, _HEAD).startswith(_ZIP)


def _is_tar(source: LogFile) -> bool:
    return source.read(0, _HEAD)[_TAR] == b"ustar"


def _folder(path: str) -> Iterator[Entry]:
    from sygaldry.host.archives import in_order

    errors: list[Entry] = []
    names: list[str] = []
    for folder, folders, files in os.walk(path, onerror=lambda error: errors.append(_unreadable(path, error))):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (os.path.join(folder, name) for name in files if not name.startswith("."))
        names += [name for name in paths if os.path.isfile(name) and not os.path.islink(name)]
        if len(names) > _MOST_FILES:
            raise UsageError(f"{path} holds more than {_MOST_FILES} files", hint="name the logs: --log FILE --log FILE")
    for name in in_order(names):
        shown = os.path.relpath(name, path)
        try:
            yield shown, open_log(name, follow_links=False)
        except SygaldryError as error:
            yield shown, error
    yield from errors


def _unreadable(path: str, error: OSError) -> Entry:
    return os.path.relpath(error.filename or path, path), UsageError(error.strerror or "not readable")
