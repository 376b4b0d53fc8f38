"""The archive that `docker save` and `podman save` write: the configuration of an image and its layers.

https://github.com/opencontainers/image-spec/blob/main/layer.md, https://docs.docker.com/reference/cli/docker/image/save/
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Mapping
from typing import IO, Any, Final

from sygaldry.model.errors import ImageError

_LARGEST_JSON: Final = 16 << 20


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


def _text(archive: tarfile.TarFile, name: str) -> bytes:
    text = member_of(archive, name).read(_LARGEST_JSON + 1)
    if len(text) > _LARGEST_JSON:
        raise ImageError(f"{name[:100]!r} of the saved image is too large")
    return text
