"""Test whether another process holds a lock, and wait until it is released, without polling."""

import fcntl
import os
import threading
from collections.abc import Mapping
from typing import Final

_CHANGED: Final = threading.Condition()
_FREE: Final[dict[str, bool]] = {}  # lock paths that a thread waits for, and whether the lock was released


def is_held(path: str | os.PathLike[str], *, shared: bool = False) -> bool:
    """Return whether a process holds the exclusive lock; with `shared`, whether any process holds any lock.

    The test for an exclusive lock takes a shared one, so that two tests do not see each other.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if shared else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def wait_until_free(paths: Mapping[str, str], timeout_s: float | None) -> str:
    """Block until one of the named locks is free and return its name; "" after the timeout.

    One daemon thread blocks on each lock; a thread whose lock is still held serves the next call.
    """
    with _CHANGED:
        for path in paths.values():
            if path not in _FREE:
                _FREE[path] = False
                threading.Thread(target=_wait, args=(path,), daemon=True).start()
        _CHANGED.wait_for(lambda: any(_FREE[path] for path in paths.values()), timeout_s)
        freed = next((name for name, path in paths.items() if _FREE[path]), "")
        for path in [path for path in paths.values() if _FREE[path]]:
            del _FREE[path]
    return freed


def _wait(path: str) -> None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        finally:
            os.close(descriptor)
    except OSError:  # a missing file is not locked
        pass
    with _CHANGED:
        _FREE[path] = True
        _CHANGED.notify_all()
