"""Locks of others: whether one is held, and waiting until it is free; never by a pid, never by polling."""

import fcntl
import os
import queue
import threading
from collections.abc import Mapping
from time import monotonic


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

    The kernel wakes a thread for each lock; the threads of locks that stay held end with the process.
    """
    freed: queue.SimpleQueue[str] = queue.SimpleQueue()
    for name, path in paths.items():
        threading.Thread(target=_wait, args=(name, path, freed), daemon=True).start()
    deadline = None if timeout_s is None else monotonic() + timeout_s
    try:
        return freed.get(timeout=None if deadline is None else max(deadline - monotonic(), 0))
    except queue.Empty:
        return ""


def _wait(name: str, path: str, freed: "queue.SimpleQueue[str]") -> None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        freed.put(name)
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)
    freed.put(name)
