"""Find, create and guard a project's storage."""

from __future__ import annotations

import os
import stat

from sygaldry.config.files import data_home
from sygaldry.config.settings import DEFAULT_ROOT
from sygaldry.flows.storage.identity import write_identity
from sygaldry.host import files
from sygaldry.host.mounts import mount_point
from sygaldry.model.errors import MachineNotReadyError, StorageError
from sygaldry.model.marker import Marker, parse
from sygaldry.model.storage import FOLDERS, JOBS, RESERVED, Storage
from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.config.resolve import Resolved
    from sygaldry.model.workspace import Identity

_LOW_BYTES = 5 * 2**30
_LOW_SHARE = 0.02
_LONGEST_ID = 64
_LARGEST_MARKER = 2**20
_ID_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


@dataclass(frozen=True)
class ProjectStorage:
    """The storage of a workspace, whether it exists already, notes for the caller, and the folders of its volumes."""

    storage: Storage
    workspace: str
    is_ready: bool
    notes: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()


def find_storage(resolved: Resolved, workspace: str | os.PathLike[str]) -> ProjectStorage:
    """Decide where the project's storage is, changing nothing. Raises StorageError."""
    place = os.fspath(workspace)
    if os.environ.get("SYGALDRY_CONTAINER") and not resolved.settings.storage_root:
        raise MachineNotReadyError(
            "this works on the host only: the environment has no storage of projects, and does not make a second one",
            hint="leave the environment, then type it again",
        )
    roots, notes = _roots(resolved)
    if configured := resolved.settings.project_id:
        storage = _existing_or_preferred(roots, configured, place)
        _check_owner(storage, place)
    else:
        storage, more = _storage_for_folder(roots, place)
        notes += more
    is_ready = os.path.exists(storage.marker) and all(os.path.isdir(storage.at(name)) for name in (*FOLDERS, JOBS))
    return ProjectStorage(storage, place, is_ready, notes)


def prepare_storage(found: ProjectStorage, identity: Identity) -> None:
    """Create the missing parts of the tree, private to the caller. Raises StorageError."""
    storage = found.storage
    if not found.is_ready:
        for folder in (storage.at(), storage.at(".sygaldry"), *(storage.at(name) for name in (*FOLDERS, JOBS))):
            files.make_folder(folder)
    for volume in found.volumes:
        files.make_folder(volume)
    if not found.is_ready or str(found.workspace) not in workspaces_of(storage):
        add_workspace(storage, found.workspace, exclusive=True)
    os.utime(storage.marker)  # when it was used last, which `storage gc` asks
    write_identity(storage, identity)


def add_workspace(storage: Storage, workspace: str, *, exclusive: bool = False) -> None:
    """Add a workspace to the marker; with `exclusive`, refuse when another workspace owns it. Raises StorageError."""
    with files.locked(storage.at(".sygaldry", "marker.lock")):
        if exclusive:
            _check_owner(storage, workspace)
        _check_folder_owner(storage)
        # A workspace that is missing may come back: its disk may not be mounted, or it was renamed.
        old = marker_of(storage)
        workspaces = tuple(dict.fromkeys((*old.workspaces, workspace)))
        points = tuple(dict.fromkeys((*old.mount_points, mount_point(workspace))))
        files.replace(storage.marker, Marker(storage.project, workspaces, points).text())


def projects_in(root: str) -> tuple[Storage, ...]:
    """List the projects under a root that have our marker and belong to the caller."""
    try:
        names = sorted(os.listdir(root))
    except OSError:
        return ()
    candidates = (Storage(root, name) for name in names if not name.startswith(".") and name not in RESERVED)
    return tuple(each for each in candidates if _is_owned_by_caller(each) and os.path.isfile(each.marker))


def storage_roots(resolved: Resolved) -> tuple[str, ...]:
    """List the possible storage roots, the preferred one first."""
    return _roots(resolved)[0]


def space_warning(storage: Storage) -> tuple[str, ...]:
    """Warn when the disk of the storage is nearly full."""
    folder = _existing(storage.at())
    disk = os.statvfs(folder)
    free, size = disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize
    if free >= _LOW_BYTES and free >= size * _LOW_SHARE:
        return ()
    return (f"warning: only {free / 2**30:.1f} GiB are free under {folder}; see: sygaldry storage du",)


def _roots(resolved: Resolved) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """List the possible storage roots, the preferred one first."""
    if configured := resolved.settings.storage_root:
        return (os.path.abspath(os.path.expanduser(configured)),), ()
    fallback = f"{data_home(os.environ)}/sygaldry"
    if _can_be_made(DEFAULT_ROOT):
        return (DEFAULT_ROOT, fallback), ()
    return (fallback,), (f"storage is under {fallback}, because this user cannot create {DEFAULT_ROOT}",)


def _can_be_made(folder: str) -> bool:
    existing = _existing(folder)
    return os.path.isdir(existing) and os.access(existing, os.W_OK | os.X_OK)


def _existing(folder: str) -> str:
    while not os.path.exists(folder):
        folder = os.path.dirname(folder)
    return folder


def _storage_for_folder(roots: tuple[str, ...], workspace: str) -> tuple[Storage, tuple[str, ...]]:
    """Name the project after its folder; a folder of the same name elsewhere gets a suffix, never the same storage."""
    name = _as_id(os.path.basename(workspace))
    name = f"{name}-project" if name in RESERVED else name
    storage = _existing_or_preferred(roots, name, workspace)
    if not _other_workspaces(storage, workspace):
        return storage, ()
    storage = _existing_or_preferred(roots, f"{name[: _LONGEST_ID - 9]}-{_fingerprint(workspace)}", workspace)
    _check_owner(storage, workspace)
    return storage, (f"the project id is {storage.project}, because {name} belongs to another checkout",)


def _as_id(name: str) -> str:
    kept = "".join(each if each in _ID_CHARACTERS else "-" for each in name).strip("-._")
    while ".." in kept:
        kept = kept.replace("..", ".")
    return kept[:_LONGEST_ID] or "project"


def _fingerprint(workspace: str) -> str:
    from hashlib import sha256  # 5 ms, only for a second folder of the same name

    return sha256(os.fsencode(workspace)).hexdigest()[:8]


def _existing_or_preferred(roots: tuple[str, ...], project: str, workspace: str) -> Storage:
    """Prefer storage that this workspace already has, even if a better root has become available."""
    candidates = [Storage(root, project) for root in roots]
    return next((each for each in candidates if workspace in workspaces_of(each)), candidates[0])


def workspaces_of(storage: Storage) -> tuple[str, ...]:
    """Return the workspaces in a project's marker; none if there is no marker."""
    return marker_of(storage).workspaces


def marker_of(storage: Storage) -> Marker:
    """Return a project's marker, an empty one if there is none. Raises StorageError."""
    try:
        text = files.read_if_there(storage.marker, _LARGEST_MARKER, follow_links=False)
    except StorageError:
        _check_folder_owner(storage)
        raise
    return Marker(storage.project, ()) if text is None else parse(text, storage.marker)


def _other_workspaces(storage: Storage, workspace: str) -> tuple[str, ...]:
    """Return the other workspaces that own this storage, also those that are missing now."""
    try:
        _check_folder_owner(storage)
        held = workspaces_of(storage)
    except StorageError:
        return (storage.at(),)
    return () if workspace in held else held


def _check_owner(storage: Storage, workspace: str) -> None:
    _check_folder_owner(storage)
    held = workspaces_of(storage)
    if not held or workspace in held:
        return
    missing = "" if os.path.isdir(held[0]) else " (which is not there now: was it renamed, or is its disk not mounted?)"
    raise StorageError(
        f"project id {storage.project!r} belongs to another workspace: {held[0]}{missing}",
        hint="choose another --project-id, or share the storage: sygaldry storage adopt --project-id "
        + storage.project,
    )


def _is_owned_by_caller(storage: Storage) -> bool:
    status = os.lstat(storage.at())
    return status.st_uid == os.getuid() and stat.S_ISDIR(status.st_mode)


def _check_folder_owner(storage: Storage) -> None:
    """Refuse another user's folder, even as root, and a link, which may lead anywhere."""
    try:
        status = os.lstat(storage.at())
    except FileNotFoundError:
        return
    except OSError as error:
        raise StorageError(f"cannot look into {storage.at()}: {error.strerror}", hint="choose another root") from error
    if stat.S_ISLNK(status.st_mode):
        raise StorageError(
            f"{storage.at()} is a symbolic link; storage is never reached through one",
            hint=f"see where it leads: readlink -f {storage.at()}; then choose that root with SYGALDRY_STORAGE_ROOT",
        )
    if status.st_uid != os.getuid():
        raise StorageError(
            f"{storage.at()} belongs to user {status.st_uid}, not to you",
            hint="choose another --project-id, or another place with SYGALDRY_STORAGE_ROOT",
        )
