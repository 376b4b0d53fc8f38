"""Hand secrets to a container in a file that it removes as soon as it has read it."""

from __future__ import annotations

import os
from time import time

from sygaldry.host.files import PRIVATE_FILE, make_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.model.command import Command

_STALE_S = 3600  # a container that started has long read its file; of one that did not, nothing must stay


def write_secrets(command: Command) -> None:
    """Write the caller's values of a command's secrets, each ended by NUL as `env -0` does. Raises StorageError."""
    if not command.secret_file:
        return
    folder = os.path.dirname(command.secret_file)
    make_folder(folder)
    _remove_stale(os.path.dirname(folder))
    values = (f"{name}={os.environ[name]}\0" for name in command.secrets if name in os.environ)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(command.secret_file, flags, PRIVATE_FILE)
    try:
        os.write(descriptor, os.fsencode("".join(values)))
    finally:
        os.close(descriptor)


def _remove_stale(parent: str) -> None:
    """Remove what containers left that never started, and the folders that those which did left empty."""
    for name in os.listdir(parent):
        folder = f"{parent}/{name}"
        try:
            if os.lstat(folder).st_mtime < time() - _STALE_S:
                for each in os.listdir(folder):
                    os.unlink(f"{folder}/{each}")
                os.rmdir(folder)
        except OSError:  # a container that still runs has it mounted, or another launch was faster
            continue
