"""Archives of logs: zip and tar. Entries are read as streams, never written under their names."""

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from sygaldry.host.logs import LogFile
from sygaldry.host.spool import MOST_BYTES, pieces, spooled
from sygaldry.model.errors import StorageError, UsageError

if TYPE_CHECKING:
    from tarfile import TarFile, TarInfo
    from zipfile import ZipInfo

_MOST_FILES: Final = 500
_ARCHIVES: Final = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.zst", ".jar", ".whl")


def unzip(path: str, source: LogFile) -> Iterator[tuple[str, LogFile]]:
    """Open the files of a zip archive, in the order of their names. Raises UsageError or StorageError."""
    from zipfile import BadZipFile, ZipFile

    try:
        with source.stream() as packed, ZipFile(packed) as archive:
            for entry in _chosen(path, [each for each in archive.infolist() if not each.is_dir()]):
                with archive.open(entry) as stream:
                    yield entry.filename, spooled(entry.filename, pieces(stream))
    except (BadZipFile, NotImplementedError, RuntimeError) as error:
        raise StorageError(f"cannot unpack {path}: {error}", hint=f"python3 -m zipfile -t {path}") from error


def _chosen(path: str, entries: "list[ZipInfo]") -> "list[ZipInfo]":
    entries = [each for each in entries if each.file_size and not each.filename.lower().endswith(_ARCHIVES)]
    # GitHub's download has each job twice: whole at the top, and step by step in folders.
    entries = [each for each in entries if "/" not in each.filename] or entries
    _bounded(path, len(entries), sum(each.file_size for each in entries))
    return sorted(entries, key=lambda each: each.filename)


def untar(path: str, source: LogFile) -> Iterator[tuple[str, LogFile]]:
    """Open the regular files of a tar archive, in the order of their names. Raises UsageError or StorageError."""
    import tarfile

    try:
        with source.stream() as stream, tarfile.open(fileobj=stream) as archive:
            for entry in _regular(path, archive):
                member = archive.extractfile(entry)
                if member is not None:
                    yield posixpath.normpath(entry.name), spooled(entry.name, pieces(member))
    except tarfile.TarError as error:
        raise StorageError(f"cannot unpack {path}: {error}", hint=f"tar -tf {path}") from error


def _regular(path: str, archive: "TarFile") -> "list[TarInfo]":
    entries: list[TarInfo] = []
    for entry in archive:
        if entry.isreg() and entry.size and not entry.name.lower().endswith(_ARCHIVES):
            entries.append(entry)
            _bounded(path, len(entries), sum(each.size for each in entries))
    return sorted(entries, key=lambda each: each.name)


def _bounded(path: str, files: int, size: int) -> None:
    if files > _MOST_FILES or size > MOST_BYTES:
        raise UsageError(f"{path} holds too many or too large logs", hint="unpack it and name the logs")
