"""The images that this storage root has built: only these are ever removed.

Labels prove nothing: an image built FROM ours inherits them, and anyone can write them. A record is a file under
build_logs/images, named after the engine and the id of the image.
"""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

from sygaldry.host import files
from sygaldry.model.errors import StorageError

if TYPE_CHECKING:
    from sygaldry.flows.runtime.images import Engine, Image

LOGS = "build_logs"
_HEX = frozenset("0123456789abcdef")
_ID_LENGTH = 64


def log_stamp() -> str:
    """Return the time and this process, for the name of a log; the milliseconds tell two logs of one second apart."""
    now_ms = time.time_ns() // 10**6
    moment = time.strftime("%Y%m%d-%H%M%S", time.localtime(now_ms // 1000))
    return f"{moment}-{now_ms % 1000:03}-{os.getpid()}"


def record(root: str, engine: Engine, identity: str, name: str, build: str) -> None:
    """Record an image as ours."""
    folder = f"{root}/{LOGS}/images"
    files.make_folder(f"{root}/{LOGS}")
    files.make_folder(folder)
    files.replace(_path(root, engine, identity), json.dumps({"name": name, "build": build}))


def forget(root: str, engine: Engine, identity: str) -> None:
    """Remove the record of an image that is gone."""
    try:
        os.unlink(_path(root, engine, identity))
    except OSError:
        return


def is_recorded(root: str, engine: Engine, image: Image) -> bool:
    """Return whether this storage root built exactly this image."""
    return recorded_name(root, engine, image) is not None


def recorded_name(root: str, engine: Engine, image: Image) -> str | None:
    """Return the name under which this storage root built exactly this image, or None if it did not."""
    if len(image.identity) != _ID_LENGTH or not _HEX.issuperset(image.identity):
        return None
    try:
        text = files.read_if_there(_path(root, engine, image.identity), follow_links=False)
        return None if text is None else str(json.loads(text)["name"])
    except (StorageError, ValueError, KeyError, TypeError):
        return None


def _path(root: str, engine: Engine, identity: str) -> str:
    return f"{root}/{LOGS}/images/{engine.name}-{identity}.json"
