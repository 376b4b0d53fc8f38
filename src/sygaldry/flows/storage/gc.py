"""Find storage that is no longer needed, and move it to the trash."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.flows.storage.project import find_storage, marker_of, projects_in
from sygaldry.flows.storage.trash import is_unmounted, last_used_s, move_to_trash, trash_entries
from sygaldry.host import files
from sygaldry.host.disk import remove_tree, used_bytes
from sygaldry.host.locks import is_held
from sygaldry.model.errors import StorageError
from sygaldry.model.report import Json, Report
from sygaldry.model.sizes import human
from sygaldry.model.storage import Storage

_OLD_S = 3600  # a draft that is being written right now is younger
_DAY_S = 86400


@dataclass(frozen=True)
class Removal:
    """Something that can go, and why. A project goes to the trash, everything else is deleted."""

    path: Path
    size_bytes: int
    reason: str
    storage: Storage | None = None

    @property
    def verb(self) -> str:
        return "move to the trash" if self.storage else "delete"


@dataclass(frozen=True)
class GcPlan:
    """What can go under one root, and what is left alone although its workspace is missing, with the reason."""

    root: str
    removals: tuple[Removal, ...]
    kept: tuple[str, ...] = ()


def plan_gc(resolved: Resolved, workspace: str, *, older_than_days: int) -> GcPlan:
    """Find what can go under the root of the current project; nothing is changed."""
    root = find_storage(resolved, workspace).storage.root
    oldest_s = time.time() - older_than_days * _DAY_S
    removals: list[Removal] = []
    kept: list[str] = []
    for storage in projects_in(root):
        _judge_project(storage, oldest_s, removals, kept)
    removals += _interrupted(root)
    for each in trash_entries(root):
        if each.since_s < oldest_s:
            removals.append(Removal(each.path, used_bytes(each.path), f"in the trash since {each.date}"))
    return GcPlan(root, tuple(removals), tuple(kept))


def gc_preview(plan: GcPlan) -> Report:
    """Report what `--apply` would do."""
    total = sum(each.size_bytes for each in plan.removals)
    lines = [f"would {each.verb} {human(each.size_bytes):>11}  {each.path}  ({each.reason})" for each in plan.removals]
    lines += [f"{human(total)} in all; to do it: sygaldry storage gc --apply"] if lines else ["nothing to remove"]
    return Report(_data(plan, plan.removals, applied=False), tuple(lines), plan.kept)


def gc_apply(plan: GcPlan) -> Report:
    """Carry the plan out; what has come into use since it was made is left alone. Raises StorageError."""
    gone = tuple(each for each in plan.removals if _removed(each))
    done = {"move to the trash": "moved to the trash", "delete": "deleted"}
    lines = [f"{done[each.verb]} {human(each.size_bytes):>11}  {each.path}  ({each.reason})" for each in gone]
    total = sum(each.size_bytes for each in gone)
    lines += [f"{human(total)} in all"] if gone else ["nothing to remove"]
    restore = ("to bring a project back: sygaldry storage restore NAME",) if any(each.storage for each in gone) else ()
    return Report(_data(plan, gone, applied=True), tuple(lines), (*plan.kept, *restore))


def is_in_use(storage: Storage) -> bool:
    """Return whether a launch or a job works in a project, wherever it runs."""
    return is_held(storage.in_use, shared=True) or _has_jobs(storage)


def _judge_project(storage: Storage, oldest_s: float, removals: list[Removal], kept: list[str]) -> None:
    """Decide about one project: a missing path alone proves nothing, it may have been renamed or not mounted."""
    try:
        marker = marker_of(storage)
    except StorageError as error:
        kept.append(f"{storage.at()} is kept: {error.problem}")
        return
    if any(os.path.isdir(each) for each in marker.workspaces):
        removals += _drafts(storage)
        return
    missing = f"{storage.at()} is kept, although its workspace {', '.join(marker.workspaces)} is missing"
    if is_in_use(storage):
        kept.append(f"{missing}: it is in use")
    elif is_unmounted(marker.workspaces, marker.mount_points):
        kept.append(f"{missing}: the file system of the workspace is not mounted")
    elif (used_s := last_used_s(storage)) > oldest_s:
        days = int((time.time() - used_s) / _DAY_S)
        kept.append(f"{missing}: it was used {days} days ago; see --older-than")
    else:
        reason = f"its workspace is missing: {', '.join(marker.workspaces)}"
        removals.append(Removal(storage.folder, used_bytes(storage.folder), reason, storage))


def _interrupted(root: str) -> Iterator[Removal]:
    for doomed in sorted(Path(root).glob(".removed-*")):
        if (doomed / ".sygaldry").is_dir() and not doomed.is_symlink():
            yield Removal(doomed, used_bytes(doomed), "a removal was interrupted")


def _drafts(storage: Storage) -> Iterator[Removal]:
    for draft in sorted(storage.own.glob(".*.draft")):
        status = draft.lstat()
        if time.time() - status.st_mtime > _OLD_S:
            yield Removal(draft, status.st_size, "a write was interrupted")


def _has_jobs(storage: Storage) -> bool:
    return any(is_held(path, shared=True) for path in storage.jobs.glob("**/*lock*"))


def _removed(each: Removal) -> bool:
    """Remove one thing, unless it has come into use since."""
    if each.storage is None:
        if each.path.is_dir() and not each.path.is_symlink():
            remove_tree(each.path)
        else:
            each.path.unlink(missing_ok=True)
        return True
    with files.locked(each.storage.in_use, wait=False) as lock:
        if lock is None or _has_jobs(each.storage):
            return False
        move_to_trash(each.storage)
    return True


def _data(plan: GcPlan, removals: tuple[Removal, ...], *, applied: bool) -> dict[str, Json]:
    rows: list[Json] = [
        {"path": str(each.path), "bytes": each.size_bytes, "reason": each.reason, "action": each.verb}
        for each in removals
    ]
    total = sum(each.size_bytes for each in removals)
    return {"root": plan.root, "applied": applied, "removals": rows, "bytes": total, "kept": list(plan.kept)}
