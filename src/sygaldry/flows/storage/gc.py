"""Find storage that nobody needs any more, and remove it when told to."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.flows.storage.project import find_storage, projects_in, workspaces_of
from sygaldry.host import files
from sygaldry.host.disk import remove_tree, used_bytes
from sygaldry.host.locks import is_held
from sygaldry.model.report import Json, Report
from sygaldry.model.sizes import human
from sygaldry.model.storage import Storage

_OLD_S = 3600  # a draft of somebody who is writing right now is younger


@dataclass(frozen=True)
class Removal:
    """Something that can go, and why."""

    path: Path
    size_bytes: int
    reason: str
    storage: Storage | None = None


def storage_gc(resolved: Resolved, workspace: str, *, apply: bool = False) -> Report:
    """Report what can go under the root of the current project; with `apply`, remove it."""
    root = find_storage(resolved, workspace).storage.root
    removals = tuple(_found(root))
    gone = [each for each in removals if apply and _removed(each)]
    verb = "removed" if apply else "would remove"
    shown = gone if apply else removals
    lines = tuple(f"{verb} {human(each.size_bytes):>11}  {each.path}  ({each.reason})" for each in shown)
    total = sum(each.size_bytes for each in shown)
    closing = f"{human(total)} in all" + ("" if apply or not shown else "; to remove it: sygaldry storage gc --apply")
    data: list[Json] = [{"path": str(each.path), "bytes": each.size_bytes, "reason": each.reason} for each in shown]
    return Report(
        {"applied": apply, "removals": data, "bytes": total}, (*lines, closing) if shown else ("nothing to remove",)
    )


def is_in_use(storage: Storage) -> bool:
    """Tell whether a launch or a job works in a project, wherever it runs."""
    return is_held(storage.in_use, shared=True) or _has_jobs(storage)


def _found(root: str) -> Iterator[Removal]:
    for storage in projects_in(root):
        workspaces = workspaces_of(storage)
        if not any(Path(each).is_dir() for each in workspaces) and not is_in_use(storage):
            reason = f"its workspace is gone: {', '.join(workspaces)}"
            yield Removal(storage.folder, used_bytes(storage.folder), reason, storage)
        else:
            yield from _drafts(storage)
    for grave in sorted(Path(root).glob(".removed-*")):
        if (grave / ".sygaldry").is_dir():
            yield Removal(grave, used_bytes(grave), "a removal was interrupted")


def _drafts(storage: Storage) -> Iterator[Removal]:
    for draft in sorted(storage.own.glob(".*.draft")):
        status = draft.lstat()
        if time.time() - status.st_mtime > _OLD_S:
            yield Removal(draft, status.st_size, "a write was interrupted")


def _has_jobs(storage: Storage) -> bool:
    return any(is_held(path, shared=True) for path in storage.jobs.glob("**/*lock*"))


def _removed(each: Removal) -> bool:
    """Remove one thing, unless somebody has begun to use it since."""
    if each.storage is None:
        if each.path.is_dir():
            remove_tree(each.path)
        else:
            each.path.unlink(missing_ok=True)
        return True
    with files.locked(each.storage.in_use, wait=False) as lock:
        if lock is None or _has_jobs(each.storage):
            return False
        remove_tree(each.path)
    return True
