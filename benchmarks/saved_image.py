"""Read every layer and every file of an image that an engine saved, to compare two of them."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any, Final

from sygaldry.image.saved import manifest_of, member_of, opened, steps_of

_PIECE: Final = 1 << 20
_MODE: Final = 0o7777


@dataclass(frozen=True)
class Entry:
    """One file, folder, link or device of a layer, with everything that its digest depends on."""

    kind: str
    mode: int
    owner: str
    size: int
    mtime: float
    link: str = ""
    digest: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Layer:
    """A layer: the digest of its archive, the step that made it, and its entries in their order."""

    digest: str
    step: str
    entries: Mapping[str, Entry]


@dataclass(frozen=True)
class SavedImage:
    """An image as an engine saved it."""

    config: Mapping[str, Any]
    layers: tuple[Layer, ...]


def read_saved(file: IO[bytes]) -> SavedImage:
    """Read the first image of an archive. Raises ImageError."""
    with opened(file) as archive:
        manifest, config = manifest_of(archive)
        names, steps = [str(each) for each in manifest["Layers"]], steps_of(config, len(manifest["Layers"]))
        layers = tuple(_layer(member_of(archive, name), step) for name, step in zip(names, steps, strict=True))
    return SavedImage(config, layers)


def digest_of(file: IO[bytes]) -> str:
    """Return the SHA-256 of a file from its start, and go back there."""
    digest = sha256()
    file.seek(0)
    while piece := file.read(_PIECE):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def _layer(file: IO[bytes], step: str) -> Layer:
    digest = digest_of(file)
    with opened(file) as archive:
        return Layer(f"sha256:{digest}", step, dict(_entries(archive)))


def _entries(archive: tarfile.TarFile) -> Iterator[tuple[str, Entry]]:
    for member in archive:
        content = archive.extractfile(member) if member.isreg() else None
        extended = {
            name: text for name, text in member.pax_headers.items() if name.startswith(("SCHILY.xattr.", "LIBARCHIVE."))
        }
        yield (
            member.name,
            Entry(
                _kind(member),
                member.mode & _MODE,
                f"{member.uid}:{member.gid}",
                member.size,
                member.mtime,
                member.linkname,
                digest_of(content) if content else "",
                tuple(sorted(extended.items())),
            ),
        )


def _kind(member: tarfile.TarInfo) -> str:
    kinds = {tarfile.REGTYPE: "file", tarfile.AREGTYPE: "file", tarfile.DIRTYPE: "folder", tarfile.SYMTYPE: "link"}
    return kinds.get(member.type, "hard link" if member.islnk() else "device")
