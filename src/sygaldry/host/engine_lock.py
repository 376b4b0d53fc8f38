"""A lock that belongs to an engine: every user and every storage root of this host shares it."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sygaldry.model.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FOLDERS = ("/run/lock", "/tmp")  # noqa: S108 - both are shared; the name of the lock is no secret


@contextmanager
def engine_lock(key: str, wait: Callable[[str], None]) -> Iterator[bool]:
    """Hold the lock of `key`, an image in an engine; yields whether another process held it before.

    `wait` is called with the path of the lock before this blocks. The file stays: removing it would let two
    processes hold two locks of one name.
    """
    path = _path(key)
    descriptor = _open(path)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield False
        except BlockingIOError:
            wait(path)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield True
    finally:
        os.close(descriptor)


def _path(name: str) -> str:
    folder = next((each for each in _FOLDERS if os.access(each, os.W_OK | os.X_OK)), _FOLDERS[-1])
    return f"{folder}/sygaldry-image-{name}.lock"


def _open(path: str) -> int:
    """Open a lock of any user. A lock needs no write permission, and another user's file must not be created anew."""
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
    for _ in range(3):
        try:
            return os.open(path, flags)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise StorageError(f"cannot open {path}: {error.strerror}", hint=f"look at it: ls -l {path}") from error
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644))
        except FileExistsError:
            continue
        except OSError as error:
            raise StorageError(f"cannot create {path}: {error.strerror}", hint="is /run/lock writable?") from error
        # The umask must not keep other users from waiting for us.
        os.chmod(path, 0o644)
    raise StorageError(f"cannot open {path}", hint=f"look at it: ls -l {path}")
