"""The archive that `docker save` and `podman save` write: the configuration of an image and its layers.

https://github.com/opencontainers/image-spec/blob/main/layer.md, https://docs.docker.com/reference/cli/docker/image/save/
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any, Final

from sygaldry.model.errors import ImageError

_PIECE: Final = 1 << 20
_LARGEST_JSON: Final = 16 << 20
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


def opened(file: IO[bytes]) -> tarfile.TarFile:
    """Open an archive. Raises ImageError."""
    try:
        return tarfile.open(fileobj=file, mode="r:")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise ImageError(f"the archive of the image cannot be read: {error}") from error


def manifest_of(archive: tarfile.TarFile) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the manifest and the configuration of the first image of an archive. Raises ImageError."""
    try:
        manifest = json.loads(_text(archive, "manifest.json"))[0]
        config = json.loads(_text(archive, str(manifest["Config"])))
        layers = list(manifest["Layers"])
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        raise ImageError(f"the manifest of the saved image cannot be read: {type(error).__name__}") from error
    if not isinstance(config, dict) or not layers:
        raise ImageError("the saved image has no layers")
    return manifest, config


def member_of(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    """Return a file in an archive. Raises ImageError."""
    try:
        found = archive.extractfile(name)
    except KeyError:
        found = None
    if found is None:
        raise ImageError(f"the saved image lacks {name[:100]!r}")
    return found


def steps_of(config: Mapping[str, Any], layers: int) -> list[str]:
    """Return the command that made each layer, from the history, which engines may leave empty."""
    history = config.get("history") or ()
    found = [str(each.get("created_by", "")) for each in history if not each.get("empty_layer")]
    return found if len(found) == layers else [""] * layers


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


def _text(archive: tarfile.TarFile, name: str) -> bytes:
    text = member_of(archive, name).read(_LARGEST_JSON + 1)
    if len(text) > _LARGEST_JSON:
        raise ImageError(f"{name[:100]!r} of the saved image is too large")
    return text
