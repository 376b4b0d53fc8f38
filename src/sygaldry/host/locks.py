"""Locks of others: whether one is held, and waiting until it is free; never by a pid, never by polling."""

import fcntl
import os
import threading
from collections.abc import Mapping
from typing import Final

_CHANGED: Final = threading.Condition()
_FREE: Final[dict[str, bool]] = {}  # the locks that a thread waits for, and whether it has got one


def is_held(path: str | os.PathLike[str], *, shared: bool = False) -> bool:
    """Tell whether anybody holds a lock alone, or with `shared` whether anybody holds it at all.

    Asking for the first is shared, so that two who ask do not see each other.
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

    The kernel wakes a thread for each lock, which stays for the next call; those of locks that are never let go end
    with the process.
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
    except OSError:  # nobody can hold what is not there
        pass
    with _CHANGED:
        _FREE[path] = True
        _CHANGED.notify_all()
