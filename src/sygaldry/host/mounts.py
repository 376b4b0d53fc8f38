"""Which file systems are mounted: a path that is missing may only be out of sight."""

from __future__ import annotations

import os

from sygaldry.host.files import read_if_there

_FSTAB = "/etc/fstab"


def mount_point(path: str) -> str:
    """Return the mount point of the file system that a path is on."""
    path = os.path.realpath(path)
    while not os.path.ismount(path):
        path = os.path.dirname(path)
    return path


def is_on_unmounted(path: str, fstab: str = _FSTAB) -> bool:
    """Return whether a path is below a mount point of fstab(5) that is not mounted now."""
    lines = (line.split() for line in (read_if_there(fstab) or "").splitlines() if not line.lstrip().startswith("#"))
    points = (words[1].replace("\\040", " ").rstrip("/") for words in lines if len(words) > 1)
    return any(point and f"{path}/".startswith(f"{point}/") and not os.path.ismount(point) for point in points)
