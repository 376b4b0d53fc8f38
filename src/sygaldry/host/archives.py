"""Archives of logs: zip and tar. Entries are read as streams, never written under their names."""

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from sygaldry.host.logs import LogFile
from sygaldry.host.spool import is_excessive, pieces, spooled
from sygaldry.model.errors import StorageError, UsageError

if TYPE_CHECKING:
    from tarfile import TarFile, TarInfo
    from zipfile import ZipInfo

_MOST_FILES: Final = 500
_JOB: Final = re.compile(r"\d{1,4}_(?P<job>[^/]{1,200})\.txt")
_ARCHIVES: Final = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.zst", ".jar", ".whl")


def unzip(path: str, source: LogFile) -> Iterator[tuple[str, LogFile]]:
    """Open the files of a zip archive, in the order of their names. Raises UsageError or StorageError."""
    from zipfile import BadZipFile, ZipFile

    try:
        with source.stream() as packed, ZipFile(packed) as archive:
            for entry in _chosen(path, source.size, [each for each in archive.infolist() if not each.is_dir()]):
                with archive.open(entry) as stream:
                    yield entry.filename, spooled(entry.filename, pieces(stream))
    except (BadZipFile, NotImplementedError, RuntimeError) as error:
        raise _damage(path, error) from error


def _damage(path: str, error: Exception) -> StorageError:
    """Describe why an archive cannot be unpacked: damage, or a method or a password that zipfile lacks."""
    reason, hint = str(error), f"python3 -m zipfile -t {path}"
    if "not a zip file" in reason:
        # The directory stands at the end of a zip archive: its writer died before, or a part of the file is missing.
        reason = "the archive is not complete"
        hint = f"fetch it again, or save what is left: zip -FF {path} --out whole.zip"
    return StorageError(f"cannot unpack {path}: {reason}", hint=hint)


def _chosen(path: str, packed: int, entries: "list[ZipInfo]") -> "list[ZipInfo]":
    entries = [each for each in entries if each.file_size and not each.filename.lower().endswith(_ARCHIVES)]
    jobs = {_job_of(each.filename) for each in entries} - {""}
    entries = [each for each in entries if each.filename.partition("/")[0] not in jobs]
    _bounded(path, len(entries), sum(each.file_size for each in entries), packed)
    return sorted(entries, key=lambda each: each.filename)


def _job_of(name: str) -> str:
    """Name the folder that GitHub's download has beside `0_JOB.txt`: the same job again, step by step."""
    found = _JOB.fullmatch(name)
    return found["job"] if found else ""


def untar(path: str, source: LogFile) -> Iterator[tuple[str, LogFile]]:
    """Open the regular files of a tar archive, in the order of their names. Raises UsageError or StorageError."""
    import tarfile

    try:
        with source.stream() as stream, tarfile.open(fileobj=stream) as archive:
            for entry in _regular(path, source.size, archive):
                member = archive.extractfile(entry)
                if member is not None:
                    yield posixpath.normpath(entry.name), spooled(entry.name, pieces(member))
    except tarfile.TarError as error:
        raise StorageError(f"cannot unpack {path}: {error}", hint=f"tar -tf {path}") from error


def _regular(path: str, packed: int, archive: "TarFile") -> "list[TarInfo]":
    entries: list[TarInfo] = []
    for entry in archive:
        if entry.isreg() and entry.size and not entry.name.lower().endswith(_ARCHIVES):
            entries.append(entry)
            _bounded(path, len(entries), sum(each.size for each in entries), packed)
    return sorted(entries, key=lambda each: each.name)


def _bounded(path: str, files: int, size: int, packed: int) -> None:
    if files > _MOST_FILES or is_excessive(size, packed):
        raise UsageError(f"{path} holds too many or too large logs", hint="unpack it and name the logs")
