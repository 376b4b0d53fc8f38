"""Read and write the lock of a workspace."""

from __future__ import annotations

from sygaldry.host import files
from sygaldry.lockfile.lock import FILE, ProjectLock
from sygaldry.lockfile.text import LARGEST_BYTES, format_lock, parse_lock
from sygaldry.model.errors import NotFoundError

_MODE = 0o644  # it is committed, and read by others


def lock_path(workspace: str) -> str:
    """Return where the lock of a workspace is."""
    return f"{workspace}/{FILE}"


def read_lock(path: str) -> ProjectLock | None:
    """Return a lock, or None if there is none. Raises LockError or StorageError."""
    text = files.read_if_there(path, LARGEST_BYTES, follow_links=False)
    return None if text is None else parse_lock(text, path)


def load_lock(path: str) -> ProjectLock:
    """Return a lock. Raises NotFoundError if there is none, LockError or StorageError if it cannot be read."""
    lock = read_lock(path)
    if lock is None:
        raise NotFoundError(f"there is no {path}", hint="make it: sygaldry lock")
    return lock


def write_lock(path: str, lock: ProjectLock) -> bool:
    """Write a lock as a whole; returns whether anything changed."""
    text = format_lock(lock)
    if files.read_if_there(path, LARGEST_BYTES, follow_links=False) == text:
        return False
    files.replace(path, text, _MODE)
    return True
