"""Disk space, folder sizes and removal of folders."""

import os
import shutil
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from sygaldry.host.run import run
from sygaldry.model.command import Command


def free_and_size(folder: str) -> tuple[int, int]:
    """Return the free bytes for this user and the size of the file system of a folder, existing or not."""
    # Path.exists raises in a folder that this user may not enter.
    existing = next(each for each in (Path(folder), *Path(folder).parents) if os.path.exists(each))
    disk = os.statvfs(existing)
    return disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize


def used_bytes(folder: Path) -> int:
    """Return the disk usage of a folder; du counts a file with several hard links once."""
    answer = run(Command(("du", "-sx", "--block-size=1", "--", str(folder))))
    first = answer.out.split("\t")[0]
    return int(first) if first.isdigit() else 0


def remove_tree(folder: Path) -> None:
    """Remove a folder. It is renamed first, so that an interrupted removal never leaves a half-empty project."""
    doomed = str(folder.with_name(f".removed-{folder.name}-{os.getpid()}"))
    folder.rename(doomed)
    shutil.rmtree(doomed, onerror=partial(_retry_writable, doomed))


def _retry_writable(
    top: str, remove: Callable[..., Any], path: str, error: tuple[type, BaseException, TracebackType]
) -> None:
    """Retry a removal after making the folders at and above it writable, but none outside `top`."""
    if not isinstance(error[1], PermissionError):
        raise error[1]
    parent = os.path.dirname(path)
    if path != top:
        os.chmod(parent, stat.S_IRWXU)
    if remove is not os.rmdir and os.path.isdir(path) and not os.path.islink(path):  # it cannot be read
        os.chmod(path, stat.S_IRWXU)
        shutil.rmtree(path, onerror=partial(_retry_writable, top))
    else:
        remove(path)
