"""The machine at the moment a command failed: full disks, inodes, memory and GPU trouble.

A heartbeat every ten seconds misses a disk that a command fills within one.
"""

from __future__ import annotations

import os
from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

# Network file systems are left out: statvfs on a dead server never returns.
_LOCAL = frozenset({"btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "tmpfs", "vfat", "xfs", "zfs"})
_MOST_MOUNTS = 200
_FEW_INODES = 8
_LEAST_BYTES = 1 << 20  # a smaller file system is not one that a job works on
_PART = 256  # full: less than this part of the file system is free ...
_FREE_BYTES = 1 << 20  # ... and less than this


def full_disks() -> list[str]:
    """Return the local, writable mounts without free bytes or inodes."""
    return [path for path in _mounts() if _is_full(path)]


def failure_state(full_before: list[str], gpu_trouble: str) -> dict[str, Any]:
    """Return what is wrong with the machine now and was not when the command started."""
    full = [path for path in full_disks() if path not in full_before]
    state: dict[str, Any] = {"full": full[:8], "memory_free_bytes": _available_memory()}
    if gpu_trouble:
        state["gpu"] = gpu_trouble[:200]
    return state


def _mounts() -> Iterator[str]:
    try:
        with open("/proc/self/mounts", encoding="utf-8", errors="surrogateescape") as file:
            for line in islice(file, _MOST_MOUNTS):
                fields = line.split(" ")
                if len(fields) > 3 and fields[2] in _LOCAL and "rw" in fields[3].split(","):
                    yield fields[1].replace("\\040", " ")
    except OSError:
        return


def _is_full(path: str) -> bool:
    try:
        disk = os.statvfs(path)
    except OSError:
        return False
    size, free = disk.f_blocks * disk.f_frsize, disk.f_bavail * disk.f_frsize
    if size < _LEAST_BYTES:
        return False
    return (free < min(size // _PART, _FREE_BYTES)) or (disk.f_files > 0 and disk.f_favail < _FEW_INODES)


def _available_memory() -> int:
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            return next((int(line.split()[1]) << 10 for line in file if line.startswith("MemAvailable:")), -1)
    except (OSError, ValueError):
        return -1
