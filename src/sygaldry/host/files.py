"""Files and folders: made privately, replaced whole, locked while they are changed."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sygaldry.model.errors import StorageError

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


def make_folder(path: Path, mode: int = PRIVATE_FOLDER) -> bool:
    """Make a folder and what is missing above it; True if it was not there. Raises StorageError."""
    if path.is_dir():
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=mode)
    except FileExistsError:
        if not path.is_dir():
            raise StorageError(
                f"{path} is in the way: it is not a folder", hint=f"move it away: mv {path} {path}.old"
            ) from None
        return False
    except OSError as error:
        raise StorageError(
            f"cannot make {path}: {error.strerror}",
            hint="choose another place with SYGALDRY_STORAGE_ROOT=/some/folder",
        ) from error
    return True


def replace(path: Path, text: str, mode: int = PRIVATE_FILE) -> None:
    """Write a file whole or not at all; a reader sees the old or the new text, never a part. Raises StorageError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise StorageError(
            f"cannot write {path}: {error.strerror}",
            hint="is the disk full or read-only? see: sygaldry storage show",
        ) from error


def read_if_there(path: Path) -> str | None:
    """Return a file's text, or None if there is none. Raises StorageError if it cannot be read."""
    try:
        return path.read_text("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror}", hint=f"whose is it? ls -ld {path}") from error


@contextmanager
def locked(path: Path, *, shared: bool = False, wait: bool = True) -> Iterator[int | None]:
    """Hold a lock while inside; yields its descriptor, or None if it is taken and `wait` is false."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(descriptor, kind if wait else kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)
