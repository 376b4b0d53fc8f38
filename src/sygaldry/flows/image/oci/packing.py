"""Pack folders of this machine and small files into the archive of a layer, with one owner and fixed times."""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Final

from sygaldry.image.recipe import EPOCH
from sygaldry.model.errors import ImageError

_BUFFER: Final = 1 << 20
_SPECIAL: Final = stat.S_ISUID | stat.S_ISGID


@dataclass(frozen=True)
class Tree:
    """A folder or link here, and its absolute path in the image; `keeps` chooses by the path relative to the folder."""

    here: str
    inside: str
    keeps: Callable[[str], bool] = lambda _: True


@dataclass(frozen=True)
class SmallFile:
    """A file or, if the content is None, a folder, with its owner."""

    content: bytes | None
    owner: int = 0


def packed_trees(trees: Iterable[Tree]) -> Callable[[IO[bytes]], None]:
    """Return a writer of the archive of these folders; the folders above them belong to root."""

    def write(target: IO[bytes]) -> None:
        with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT, bufsize=_BUFFER) as archive:
            above: set[str] = set()
            for tree in trees:
                for parent in _parents(tree.inside):
                    if parent not in above:
                        above.add(parent)
                        archive.addfile(_folder(parent))
                for path, name in _walk(tree):
                    _add(archive, path, name)

    return write


def packed_files(files: Mapping[str, SmallFile]) -> Callable[[IO[bytes]], None]:
    """Return a writer of the archive of small files."""

    def write(target: IO[bytes]) -> None:
        with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT, bufsize=_BUFFER) as archive:
            for name, file in sorted(files.items()):
                member = _folder(name)
                member.uid = member.gid = file.owner
                if file.content is not None:
                    member.type, member.mode, member.size = tarfile.REGTYPE, 0o644, len(file.content)
                archive.addfile(member, None if file.content is None else BytesIO(file.content))

    return write


def _walk(tree: Tree) -> Iterator[tuple[str, str]]:
    """List a folder in a fixed order: the path here and the name in the archive."""
    yield tree.here, tree.inside.lstrip("/")
    if os.path.islink(tree.here) or not os.path.isdir(tree.here):
        return
    for folder, folders, files in os.walk(tree.here):
        links = [each for each in folders if os.path.islink(f"{folder}/{each}")]
        below = os.path.relpath(folder, tree.here)
        prefix = "" if below == "." else f"{below}/"
        folders[:] = sorted(each for each in folders if each not in links and tree.keeps(f"{prefix}{each}"))
        for each in sorted({*folders, *links, *files}):
            if tree.keeps(f"{prefix}{each}"):
                yield f"{folder}/{each}", f"{tree.inside.lstrip('/')}/{prefix}{each}"


def _add(archive: tarfile.TarFile, path: str, name: str) -> None:
    try:
        found = os.lstat(path)
        member = tarfile.TarInfo(name)
        member.mtime = EPOCH
        if stat.S_ISLNK(found.st_mode):
            member.type, member.linkname, member.mode = tarfile.SYMTYPE, os.readlink(path), 0o777
            archive.addfile(member)
        elif stat.S_ISDIR(found.st_mode):
            member.type, member.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(member)
        elif stat.S_ISREG(found.st_mode):
            member.size = found.st_size
            # Everyone may read it: the image runs as a user that does not own the store.
            member.mode = (stat.S_IMODE(found.st_mode) & ~_SPECIAL & 0o755) | 0o444
            with open(path, "rb") as file:
                archive.addfile(member, file)
    except OSError as error:
        raise ImageError(f"cannot read {path}: {error.strerror or error}", hint="as its owner, or as root") from error


def _parents(path: str) -> list[str]:
    parts = path.strip("/").split("/")[:-1]
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]


def _folder(name: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.mode, member.mtime = tarfile.DIRTYPE, 0o755, EPOCH
    return member
