"""Files and folders: created private, replaced atomically, locked during changes."""

from __future__ import annotations

import errno
import fcntl
import os
import stat

from sygaldry.model.errors import StorageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import TypeAlias

    PathLike: TypeAlias = str | os.PathLike[str]

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
LARGEST_BYTES = 64 * 2**20


def make_folder(path: PathLike, mode: int = PRIVATE_FOLDER) -> bool:
    """Create a folder and its missing parents; return whether it was created. Raises StorageError."""
    if os.path.isdir(path):
        return False
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.mkdir(path, mode)
    except FileExistsError:
        if os.path.isdir(path):
            return False
        raise StorageError(f"{path} exists and is not a folder", hint=f"move it: mv {path} {path}.old") from None
    except OSError as error:
        raise StorageError(
            f"cannot create {path}: {error.strerror}",
            hint="choose another place: SYGALDRY_STORAGE_ROOT=/some/folder",
        ) from error
    return True


def replace(path: PathLike, text: str, mode: int = PRIVATE_FILE) -> None:
    """Replace a file atomically; a reader sees the old or the new text, never a part. Raises StorageError."""
    folder, name = os.path.split(path)
    draft = os.path.join(folder, f".{name}.{os.getpid()}.draft")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
        os.replace(draft, path)
    except OSError as error:
        _discard(draft)
        raise StorageError(
            f"cannot write {path}: {error.strerror}", hint="is the disk full or read-only? see: sygaldry storage show"
        ) from error


def _discard(draft: str) -> None:
    try:
        os.unlink(draft)
    except OSError:  # no draft, or a read-only disk
        return


def read_if_there(path: PathLike, limit_bytes: int = LARGEST_BYTES, *, follow_links: bool = True) -> str | None:
    """Return a file's text, or None if there is none. Raises StorageError if it cannot be read.

    Only a regular file of at most `limit_bytes` is read: a FIFO would block, and a device has no end.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY | (0 if follow_links else os.O_NOFOLLOW)
    try:
        descriptor = os.open(path, flags)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        reason = "it is a symbolic link" if error.errno == errno.ELOOP and not follow_links else error.strerror
        raise StorageError(f"cannot read {path}: {reason}", hint=f"look at it: ls -ld {path}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise StorageError(f"cannot read {path}: it is not a regular file", hint=f"look at it: ls -ld {path}")
    with open(descriptor, "rb") as file:
        try:
            data = file.read(limit_bytes + 1)
        except OSError as error:
            raise StorageError(f"cannot read {path}: {error.strerror}", hint="is the disk damaged?") from error
    if len(data) > limit_bytes:
        raise StorageError(f"cannot read {path}: it is larger than {limit_bytes} bytes", hint="is it the right file?")
    return data.decode("utf-8", "surrogateescape").replace("\r\n", "\n").replace("\r", "\n")


class locked:  # noqa: N801 - reads as a statement: with locked(path):
    """Context manager that holds a lock; yields its descriptor, or None if `wait` is false and the lock is taken."""

    def __init__(self, path: PathLike, *, shared: bool = False, wait: bool = True) -> None:
        self.path = path
        self.kind = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        self.descriptor = -1

    def __enter__(self) -> int | None:
        """Take the lock. Raises StorageError if the lock file cannot be created."""
        try:
            self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, PRIVATE_FILE)
            fcntl.flock(self.descriptor, self.kind)
        except BlockingIOError:
            return None
        except OSError as error:
            raise StorageError(
                f"cannot lock {self.path}: {error.strerror}",
                hint="is the storage read-only? see: sygaldry storage show",
            ) from error
        return self.descriptor

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Release the lock."""
        if self.descriptor >= 0:
            os.close(self.descriptor)


def expand_home(text: str) -> str:
    """Expand `~` and `~user`; pathlib raises for a user who does not exist, and here the text stays as it is."""
    return os.path.expanduser(text)
