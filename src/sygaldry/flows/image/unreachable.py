"""Remember for a while that a base cannot be fetched, so that not every launch waits for the network again."""

from __future__ import annotations

import os
import time

from sygaldry.host import files
from sygaldry.image.key import fingerprint

_FOLDER = "build_logs/unreachable"
_REMEMBERED_S = 1800


def remember_unreachable(root: str, base: str) -> None:
    """Record that a base could not be fetched now."""
    files.make_folder(f"{root}/{_FOLDER}")
    files.replace(_path(root, base), f"{base}\n")


def forget_unreachable(root: str, base: str) -> None:
    """Remove the record of a base that could be fetched."""
    try:
        os.unlink(_path(root, base))
    except OSError:
        return


def unreachable_since_s(root: str, base: str) -> int | None:
    """Return how many seconds ago a base could not be fetched, or None if that is not known or too long ago."""
    try:
        age = time.time() - os.stat(_path(root, base)).st_mtime
    except OSError:
        return None
    return int(age) if 0 <= age < _REMEMBERED_S else None


def _path(root: str, base: str) -> str:
    return f"{root}/{_FOLDER}/{fingerprint(base.encode())[:24]}"
