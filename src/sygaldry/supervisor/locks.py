"""The locks of a run (flock): a held lock proves that its owner is alive. host/locks.py is the host side."""

from __future__ import annotations

import fcntl
import os
import time

from sygaldry.supervisor.safe_files import open_regular


def take(path: str, tries: int = 100) -> int:
    """Take a lock and return its descriptor, -1 if it stays held; a process that only tests it holds it briefly."""
    descriptor = open_regular(path, os.O_RDWR | os.O_CREAT)
    for _ in range(tries):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return descriptor
    os.close(descriptor)
    return -1


def is_held(path: str) -> bool:
    """Return whether any process holds the lock."""
    try:
        descriptor = open_regular(path)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
