"""Ask whether another process holds a lock on one byte of a file, as Spack does for each package of its store."""

from __future__ import annotations

import fcntl


def is_held(path: str, offset: int) -> bool:
    """Return whether a process writes there now, on this machine only; never waits."""
    try:
        with open(path, "rb") as file:
            try:
                fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, offset)
            except BlockingIOError:
                return True
            fcntl.lockf(file, fcntl.LOCK_UN, 1, offset)
    except OSError:  # no such file, or a file system without locks
        return False
    return False
