"""Remember which files of a workspace the caller has accepted: this content at this path.

The records are outside of every workspace, in `$XDG_STATE_HOME/sygaldry/trust`, private to the caller. A record names
one file by its path and holds the digest of its content, so that a changed file is asked about again.
"""

from __future__ import annotations

import os

from sygaldry.config.files import state_home
from sygaldry.host import files
from sygaldry.model.errors import StorageError


def is_trusted(path: str, text: str) -> bool:
    """Return whether the caller has accepted this content of this file."""
    record = _record(path)
    try:
        return _is_private(os.path.dirname(record)) and files.read_if_there(record) == _content(path, text)
    except StorageError:
        return False


def remember(path: str, text: str) -> str:
    """Record that the caller accepts this content of this file; returns the record's path. Raises StorageError."""
    record = _record(path)
    folder = os.path.dirname(record)
    files.make_folder(folder)
    if not _is_private(folder):
        raise StorageError(
            f"{folder} can be written by other users, so it cannot hold trust records",
            hint=f"make it private: chmod 700 {folder}",
        )
    files.replace(record, _content(path, text))
    return record


def forget(path: str) -> bool:
    """Remove the record of a file; returns whether there was one."""
    try:
        os.unlink(_record(path))
    except FileNotFoundError:
        return False
    return True


def is_foreign(path: str) -> bool:
    """Return whether a file belongs to neither the caller nor root; under sudo, the user of sudo counts as the caller.

    The rule of git: https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory
    """
    try:
        owner = os.lstat(path).st_uid
    except OSError:
        return False
    mine = {0, os.getuid()}
    sudo = os.environ.get("SUDO_UID", "")
    if os.getuid() == 0 and sudo.isdecimal():
        mine.add(int(sudo))
    return owner not in mine


def _is_private(folder: str) -> bool:
    try:
        status = os.lstat(folder)
    except OSError:
        return False
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _record(path: str) -> str:
    return f"{state_home(os.environ)}/sygaldry/trust/{_digest(path)}"


def _content(path: str, text: str) -> str:
    return f"sygaldry-trust 1\npath {path!a}\ncontent {_digest(text)}\n"


def _digest(text: str) -> str:
    from hashlib import sha256  # 5 ms, only for a workspace that asks for something

    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
