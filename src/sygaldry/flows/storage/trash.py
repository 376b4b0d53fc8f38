"""The trash of a storage root: what `storage gc` took away, by date, until it is restored or deleted for good."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sygaldry.config.kinds import is_name
from sygaldry.host import files
from sygaldry.host.mounts import is_on_unmounted
from sygaldry.model.errors import NotFoundError, StorageError
from sygaldry.model.storage import TRASH, Storage

_FORMAT = "%Y%m%dT%H%M%SZ"
_STAMP_LENGTH = 16


@dataclass(frozen=True)
class TrashEntry:
    """A project in the trash: its folder there, its name, and when it was put there."""

    path: Path
    project: str
    since_s: float

    @property
    def date(self) -> str:
        return datetime.fromtimestamp(self.since_s, UTC).strftime("%Y-%m-%d")


def trash_entries(root: str) -> tuple[TrashEntry, ...]:
    """List the trash of a root, oldest first; links and names that are not ours are left out."""
    folder = Path(root, TRASH)
    if folder.is_symlink() or not folder.is_dir():
        return ()
    entries = (_entry(path) for path in sorted(folder.iterdir()))
    return tuple(each for each in entries if each is not None)


def move_to_trash(storage: Storage) -> Path:
    """Move a project's folder to the trash of its root. Raises StorageError."""
    folder = Path(storage.root, TRASH)
    files.make_folder(folder)
    if folder.is_symlink():
        raise StorageError(f"{folder} is a symbolic link", hint=f"look at it, then remove it: rm {folder}")
    stamp = datetime.now(UTC).strftime(_FORMAT)
    target = folder / f"{stamp}-{storage.project}"
    try:
        storage.folder.rename(target)
    except OSError as error:
        raise StorageError(
            f"cannot move {storage.folder} to the trash: {error.strerror}", hint="ls -ld " + str(folder)
        ) from error
    return target


def restore(root: str, project: str) -> Path:
    """Move a project back from the trash, the newest of its name. Raises NotFoundError, StorageError."""
    found = [each for each in trash_entries(root) if each.project == project]
    if not found:
        raise NotFoundError(
            f"project {project!r} is not in the trash of {root}", hint="list it: sygaldry storage restore"
        )
    target = Path(root, project)
    if os.path.lexists(target):
        raise StorageError(f"{target} exists already", hint=f"move it away first: mv {target} {target}.old")
    found[-1].path.rename(target)
    os.utime(Storage(root, project).marker)  # used today, so that the next gc leaves it alone
    return target


def last_used_s(storage: Storage) -> float:
    """Return when a project was used last: a launch or a job touches one of these."""
    places = (storage.marker, storage.in_use, storage.at(".sygaldry"), str(storage.jobs), storage.at())
    return max((os.stat(path).st_mtime for path in places if os.path.exists(path)), default=time.time())


def is_unmounted(workspaces: tuple[str, ...], mount_points: tuple[str, ...]) -> bool:
    """Return whether a workspace may only be out of sight: its file system is known, and not mounted now."""
    return any(not os.path.ismount(each) for each in mount_points) or any(is_on_unmounted(each) for each in workspaces)


def _entry(path: Path) -> TrashEntry | None:
    stamp, project = path.name[:_STAMP_LENGTH], path.name[_STAMP_LENGTH + 1 :]
    try:
        since = datetime.strptime(stamp, _FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return TrashEntry(path, project, since.timestamp()) if is_name(project) and not path.is_symlink() else None
