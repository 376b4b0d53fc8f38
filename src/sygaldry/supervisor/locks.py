"""The locks of a run, by flock: who holds one lives. host/locks.py is the same for the host, with waiting."""

from __future__ import annotations

import fcntl
import os
import time


def taken(path: str, tries: int = 100) -> int:
    """Take a lock and return its descriptor, -1 if somebody keeps it; who only asks holds it for a moment."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
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
    """Tell whether anybody holds a lock."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
