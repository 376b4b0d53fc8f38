"""Archives of logs: zip and tar. Entries are read as streams, never written under their names."""

import posixpath
import re
import stat
import struct
from collections.abc import Iterable, Iterator
from shlex import quote
from typing import TYPE_CHECKING, Final
from zlib import error as zlib_error

from sygaldry.host.logs import LogFile
from sygaldry.host.spool import is_excessive, pieces, spooled
from sygaldry.model.errors import StorageError, SygaldryError, UsageError

if TYPE_CHECKING:
    from tarfile import TarFile, TarInfo
    from zipfile import ZipFile, ZipInfo

_MOST_FILES: Final = 500
_JOB: Final = re.compile(r"\d{1,4}_(?P<job>[^/]{1,200})\.txt")
_NUMBERS: Final = re.compile(r"([0-9]{1,9})")
_REGULAR: Final = frozenset({0, stat.S_IFREG})  # 0: the archive was not written on Unix
# What zipfile and tarfile raise for damaged input beside their own errors.
_DAMAGE: Final = (ValueError, OSError, EOFError, RuntimeError, struct.error, zlib_error, OverflowError, IndexError)
_ARCHIVES: Final = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.zst", ".jar", ".whl")


def in_order(names: "Iterable[str]") -> list[str]:
    """Sort names as people count: step 2 before step 10."""
    return sorted(names, key=_natural)


def unzip(path: str, source: LogFile) -> "Iterator[tuple[str, LogFile | SygaldryError]]":
    """Open the files of a zip archive, in the order of their names. Raises UsageError or StorageError.

    A file that cannot be unpacked is returned with its error.
    """
    from zipfile import BadZipFile, ZipFile

    with source.stream() as packed:
        try:
            archive = ZipFile(packed)
            entries = [each for each in archive.infolist() if stat.S_IFMT(each.external_attr >> 16) in _REGULAR]
        except (BadZipFile, *_DAMAGE) as error:
            raise _damage(path, error) from error
        with archive:
            for entry in _chosen(path, source.size, entries):
                yield entry.filename, _member(path, archive, entry)


def _member(path: str, archive: "ZipFile", entry: "ZipInfo") -> "LogFile | SygaldryError":
    if entry.flag_bits & 1:
        return StorageError(f"cannot unpack {path}: it is encrypted", hint=f"unpack it: unzip {quote(path)} -d logs")
    from zipfile import BadZipFile

    try:
        with archive.open(entry) as stream:
            return spooled(entry.filename, pieces(stream))
    except StorageError as error:
        return error
    except (BadZipFile, *_DAMAGE) as error:
        return _damage(path, error)


def _damage(path: str, error: Exception) -> StorageError:
    """Describe why an archive cannot be unpacked: damage, or a method that zipfile lacks."""
    reason, hint = str(error), f"python3 -m zipfile -t {quote(path)}"
    if "not a zip file" in reason:
        # The directory stands at the end of a zip archive: its writer died before, or a part of the file is missing.
        reason = "the archive is not complete"
        hint = f"fetch it again, or save what is left: zip -FF {quote(path)} --out whole.zip"
    return StorageError(f"cannot unpack {path}: {reason}", hint=hint)


def _chosen(path: str, packed: int, entries: "list[ZipInfo]") -> "list[ZipInfo]":
    entries = [each for each in entries if not each.filename.lower().endswith(_ARCHIVES)]
    jobs = {_job_of(each.filename) for each in entries} - {""}
    entries = [each for each in entries if each.filename.partition("/")[0] not in jobs]
    _bounded(path, len(entries), sum(each.file_size for each in entries), packed)
    return sorted(entries, key=lambda each: _natural(each.filename))


def _job_of(name: str) -> str:
    """Name the folder that GitHub's download has beside `0_JOB.txt`: the same job again, step by step."""
    found = _JOB.fullmatch(name)
    return found["job"] if found else ""


def untar(path: str, source: LogFile) -> "Iterator[tuple[str, LogFile | SygaldryError]]":
    """Open the regular files of a tar archive, in the order of their names. Raises UsageError or StorageError."""
    import tarfile

    try:
        with source.stream() as stream, tarfile.open(fileobj=stream) as archive:
            for entry in _regular(path, source.size, archive):
                member = archive.extractfile(entry)
                if member is not None:
                    yield posixpath.normpath(entry.name), spooled(entry.name, pieces(member))
    except (tarfile.TarError, *_DAMAGE) as error:
        raise StorageError(f"cannot unpack {path}: {error}", hint=f"tar -tf {quote(path)}") from error


def _regular(path: str, packed: int, archive: "TarFile") -> "list[TarInfo]":
    entries: list[TarInfo] = []
    size = 0
    for entry in archive:
        if entry.isreg() and not entry.name.lower().endswith(_ARCHIVES):
            entries.append(entry)
            size += entry.size
            _bounded(path, len(entries), size, packed)
    return sorted(entries, key=lambda each: _natural(each.name))


def _bounded(path: str, files: int, size: int, packed: int) -> None:
    if files > _MOST_FILES or is_excessive(size, packed):
        raise UsageError(f"{path} holds too many or too large logs", hint="unpack it and name the logs")


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in _NUMBERS.split(name)]
