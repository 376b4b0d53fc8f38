"""Find, make and guard a project's storage: shared by every verb that works in it."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from sygaldry.config.files import data_home
from sygaldry.config.resolve import Resolved
from sygaldry.config.settings import DEFAULT_ROOT
from sygaldry.host import files
from sygaldry.model.errors import StorageError
from sygaldry.model.marker import Marker, parse
from sygaldry.model.storage import FOLDERS, Storage

_LOW_BYTES = 5 * 2**30
_LOW_SHARE = 0.02
_LONGEST_ID = 64


@dataclass(frozen=True)
class Found:
    """A project's storage, whether it is already there, and what the caller should know about it."""

    storage: Storage
    workspace: Path
    is_ready: bool
    notes: tuple[str, ...] = ()


def find_storage(resolved: Resolved, workspace: Path) -> Found:
    """Decide where the project's storage is, changing nothing. Raises StorageError."""
    roots, notes = _roots(resolved)
    said = resolved.settings.project_id
    if not said:
        return _derived(roots, workspace, notes)
    storage = _held(roots, said, workspace)
    _check_owner(storage, workspace)
    return Found(storage, workspace, _is_ready(storage), notes)


def prepare_storage(found: Found) -> None:
    """Make what is missing of the tree; folders are the caller's alone. Raises StorageError."""
    storage = found.storage
    for folder in (storage.folder, storage.own, *(storage.folder / name for name in FOLDERS)):
        files.make_folder(folder)
    with files.locked(storage.own / "marker.lock"):
        _check_owner(storage, found.workspace)
        marker = Marker(storage.project, _workspaces_with(storage, found.workspace))
        if files.read_if_there(storage.marker) != marker.text():
            files.replace(storage.marker, marker.text())


def space_warning(storage: Storage) -> tuple[str, ...]:
    """Warn before a disk is full, as far as the storage exists yet."""
    folder = next(each for each in (storage.folder, *storage.folder.parents) if each.exists())
    disk = os.statvfs(folder)
    free, size = disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize
    if free >= _LOW_BYTES and free >= size * _LOW_SHARE:
        return ()
    return (f"warning: only {free / 2**30:.1f} GiB are free under {folder}; see: sygaldry storage du",)


def _roots(resolved: Resolved) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """List where storage may be, the preferred first."""
    if resolved.settings.storage_root:
        return (Path(resolved.settings.storage_root).expanduser().absolute(),), ()
    preferred, fallback = Path(DEFAULT_ROOT), data_home(os.environ) / "sygaldry"
    if _can_be_made(preferred):
        return (preferred, fallback), ()
    return (fallback,), (f"storage is under {fallback}, because {preferred} cannot be made by this user",)


def _can_be_made(folder: Path) -> bool:
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


def _derived(roots: tuple[Path, ...], workspace: Path, notes: tuple[str, ...]) -> Found:
    """Name the project after its folder; a namesake elsewhere gets a name of its own, never the same storage."""
    name = _as_id(workspace.name)
    storage = _held(roots, name, workspace)
    if _strangers(storage, workspace):
        storage = _held(roots, f"{name[: _LONGEST_ID - 9]}-{_fingerprint(workspace)}", workspace)
        _check_owner(storage, workspace)
        notes = (*notes, f"the project id is {storage.project}, because {name} belongs to another checkout")
    return Found(storage, workspace, _is_ready(storage), notes)


def _held(roots: tuple[Path, ...], project: str, workspace: Path) -> Storage:
    """Stay with storage that this workspace already has, though a better root has become possible since."""
    candidates = [Storage(root, project) for root in roots]
    return next((each for each in candidates if str(workspace) in _workspaces(each)), candidates[0])


def _as_id(name: str) -> str:
    kept = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")
    return kept[:_LONGEST_ID] or "project"


def _fingerprint(workspace: Path) -> str:
    from hashlib import sha256  # 5 ms, only for a namesake

    return sha256(os.fsencode(workspace)).hexdigest()[:8]


def _workspaces(storage: Storage) -> tuple[str, ...]:
    try:
        text = files.read_if_there(storage.marker)
    except StorageError:
        _check_readable(storage)
        raise
    if text is None:
        return ()
    return parse(text, str(storage.marker)).workspaces


def _check_readable(storage: Storage) -> None:
    try:
        status = storage.folder.stat()
    except OSError:
        return
    if status.st_uid != os.getuid():
        raise StorageError(
            f"{storage.folder} belongs to user {status.st_uid}, not to you",
            hint="choose another id with --project-id, or another place with SYGALDRY_STORAGE_ROOT",
        )


def _strangers(storage: Storage, workspace: Path) -> tuple[str, ...]:
    """Name the other workspaces that still exist and hold this storage; a checkout that moved holds nothing."""
    try:
        held = _workspaces(storage)
    except StorageError:
        return (str(storage.folder),)
    return () if str(workspace) in held else tuple(each for each in held if Path(each).is_dir())


def _check_owner(storage: Storage, workspace: Path) -> None:
    _workspaces(storage)
    if others := _strangers(storage, workspace):
        raise StorageError(
            f"project id {storage.project!r} belongs to another workspace: {others[0]}",
            hint="choose another --project-id, or share it on purpose: sygaldry storage adopt --project-id "
            + storage.project,
        )
    _check_readable(storage)


def _workspaces_with(storage: Storage, workspace: Path) -> tuple[str, ...]:
    kept = tuple(each for each in _workspaces(storage) if Path(each).is_dir())
    return kept if str(workspace) in kept else (*kept, str(workspace))


def _is_ready(storage: Storage) -> bool:
    return storage.marker.exists() and all((storage.folder / name).is_dir() for name in FOLDERS)
