"""Contents of a bundle by their SHA-256, in parts: written once, verified, and read as one stream."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from sygaldry.bundle.index import part_names
from sygaldry.model.errors import BundleError, StorageError

_PIECE_BYTES: Final = 2**20
_DRAFT: Final = ".draft"


def store(folder: Path, source: BinaryIO, part_bytes: int, have: frozenset[str] = frozenset()) -> tuple[str, int]:
    """Store a stream; returns its SHA-256 and its size in bytes. A content that is there, or in `have`, is not kept.

    Raises StorageError, and leaves nothing of a content that could not be written whole.
    """
    drafts: list[Path] = []
    digest, size = sha256(), 0
    try:
        for number, part in enumerate(_parts(source, part_bytes)):
            draft = folder / f"{_DRAFT}.{os.getpid()}.{number:05}"
            drafts.append(draft)
            with draft.open("wb") as file:
                for piece in part:
                    digest.update(piece)
                    size += len(piece)
                    file.write(piece)
        name = digest.hexdigest()
        if name not in have:
            _keep(folder, drafts, part_names(name, size, part_bytes))
    except OSError as error:
        raise StorageError(f"cannot write {folder}: {error.strerror}", hint="is the disk full?") from error
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)
    return name, size


def problem_of(folder: Path, name: str, size: int, part_bytes: int) -> str:
    """Return what is wrong with a content; empty if every byte is right."""
    digest, expected = sha256(), size
    for part in part_names(name, size, part_bytes):
        wanted = min(expected, part_bytes)
        try:
            found = os.lstat(folder / part)
        except OSError:
            return f"{part} is missing"
        if not stat.S_ISREG(found.st_mode):
            return f"{part} is not a regular file"
        if found.st_size != wanted:
            return f"{part} has {found.st_size} bytes, not {wanted}"
        expected -= wanted
        with (folder / part).open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
    return "" if digest.hexdigest() == name else f"{part_names(name, size, part_bytes)[0]} has another content"


def copy(folder: Path, name: str, size: int, part_bytes: int, target: BinaryIO) -> None:
    """Write a content to a file, and check it once more on the way. Raises BundleError or StorageError."""
    digest = sha256()
    parts = part_names(name, size, part_bytes)
    try:
        for part in parts:
            with (folder / part).open("rb") as file:
                while piece := file.read(_PIECE_BYTES):
                    digest.update(piece)
                    target.write(piece)
    except OSError as error:
        raise StorageError(f"cannot copy {parts[0]}: {error.strerror}", hint="is the disk full?") from error
    if digest.hexdigest() != name:
        raise BundleError(f"{parts[0]} has changed", hint="copy the bundle again")


def _keep(folder: Path, drafts: list[Path], names: tuple[str, ...]) -> None:
    (folder / names[0]).parent.mkdir(parents=True, exist_ok=True)
    for draft, name in zip(drafts, names, strict=True):
        draft.replace(folder / name)


def _parts(source: BinaryIO, part_bytes: int) -> Iterator[Iterator[bytes]]:
    """Split a stream; an empty one has one empty part."""
    first = source.read(min(_PIECE_BYTES, part_bytes))
    yield _pieces(source, first, part_bytes)
    while first := source.read(min(_PIECE_BYTES, part_bytes)):
        yield _pieces(source, first, part_bytes)


def _pieces(source: BinaryIO, first: bytes, part_bytes: int) -> Iterator[bytes]:
    left = part_bytes - len(first)
    yield first
    while left and (piece := source.read(min(_PIECE_BYTES, left))):
        left -= len(piece)
        yield piece
