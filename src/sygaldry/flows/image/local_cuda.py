"""The CUDA base that `sygaldry image base --cuda` made on this host."""

from __future__ import annotations

import os

from sygaldry.config.settings import DEFAULT_BASE, DEFAULT_IMAGE
from sygaldry.flows.image.ledger import LOGS, recorded_name
from sygaldry.image.names import CUDA_PREFIX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from sygaldry.config.resolve import Resolved
    from sygaldry.flows.runtime.images import Engine, Image


SETTINGS = ("image", "base_image")


def substitute_base(resolved: Resolved, root: str, engine: Engine) -> str:
    """Return the CUDA base that replaces the default base; empty where an image or a base was chosen."""
    settings = resolved.settings
    if any(resolved.origins.get(name, "default") != "default" for name in SETTINGS):
        return ""
    if (settings.image, settings.base_image) != (DEFAULT_IMAGE, DEFAULT_BASE):
        return ""
    return local_cuda_base(root, engine)


def local_cuda_base(root: str, engine: Engine) -> str:
    """Return the name of the CUDA base that was made last and that the engine still has; empty if there is none.

    Only images that this storage root recorded count: anyone can give an image such a name.
    """
    for identity in _recorded(root, engine):
        image = engine.image(identity)
        name = recorded_name(root, engine, image) if image else None
        if image and name and name.startswith(CUDA_PREFIX) and _has_name(image, name):
            return name
    return ""


def _recorded(root: str, engine: Engine) -> Iterator[str]:
    """Yield the identities of the images that were recorded for an engine, the newest first."""
    prefix, suffix = f"{engine.name}-", ".json"
    try:
        with os.scandir(f"{root}/{LOGS}/images") as entries:
            found = [
                (each.stat(follow_symlinks=False).st_mtime, each.name[len(prefix) : -len(suffix)])
                for each in entries
                if each.name.startswith(prefix) and each.name.endswith(suffix)
            ]
    except OSError:
        return
    yield from (identity for _, identity in sorted(found, reverse=True))


def _has_name(image: Image, name: str) -> bool:
    """Return whether a name still means this image; podman puts its own registry in front."""
    return any(each in (name, f"localhost/{name}") for each in image.tags)
