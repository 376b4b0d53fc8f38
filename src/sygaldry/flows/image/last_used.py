"""Report a name that means another image than in the last launch: its tag moved in the engine or the registry."""

from __future__ import annotations

from sygaldry.image.key import fingerprint
from sygaldry.image.names import is_digest

_FOLDER = "build_logs/names"
_SHORT = 12


def is_last_used(root: str, engine: str, name: str, identity: str) -> bool:
    """Return whether the last launch with this name used this image; one open(), because every launch calls it."""
    return is_digest(name) or _last(root, engine, name) == identity


def note_use(root: str, engine: str, name: str, identity: str) -> str:
    """Record what a name means now; return a warning if it meant another image before. Raises StorageError."""
    from sygaldry.host import files

    if is_digest(name) or (before := _last(root, engine, name)) == identity:
        return ""
    for folder in (root, f"{root}/build_logs", f"{root}/{_FOLDER}"):
        files.make_folder(folder)
    files.replace(_place(root, engine, name), identity + "\n")
    if not before:
        return ""
    return f"warning: {name} is another image than in the last launch: {_short(identity)}, it was {_short(before)}"


def _last(root: str, engine: str, name: str) -> str:
    try:
        with open(_place(root, engine, name), encoding="ascii") as file:
            return file.read(128).strip()
    except (OSError, UnicodeError):
        return ""


def _place(root: str, engine: str, name: str) -> str:
    return f"{root}/{_FOLDER}/{engine}-{fingerprint(name.encode('utf-8', 'surrogateescape'))[:32]}"


def _short(identity: str) -> str:
    return identity.removeprefix("digest-")[:_SHORT]
