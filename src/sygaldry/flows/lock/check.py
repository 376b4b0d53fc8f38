"""Compare the lock of a workspace with its files and settings, and two locks with each other."""

from __future__ import annotations

from sygaldry import __version__
from sygaldry.config.resolve import Resolved
from sygaldry.flows.lock.file import load_lock, lock_path
from sygaldry.flows.lock.gather import static_entries
from sygaldry.flows.lock.make import change_lines
from sygaldry.flows.lock.project_files import find_project_files
from sygaldry.lockfile.difference import Change, difference
from sygaldry.lockfile.lock import AFTER_BUILD, CONTENT, KINDS, OF_BUILT_IMAGE, Entry, ProjectLock, sorted_lock
from sygaldry.model.errors import LockError
from sygaldry.model.report import Json, Report

_STATIC = tuple(kind for kind in KINDS if kind not in (*AFTER_BUILD, "huggingface"))


def lock_check(resolved: Resolved, workspace: str) -> Report:
    """Report whether the lock describes this workspace; needs no engine, no network and no Spack.

    The exit code is 0 if it does, and 1 if not. Raises NotFoundError without a lock, LockError for a damaged one.
    """
    path = lock_path(workspace)
    lock = load_lock(path)
    changes = drift(resolved, workspace, lock)
    data: dict[str, Json] = {
        "path": path,
        "up_to_date": not changes,
        "changes": [change_data(each) for each in changes],
    }
    if not changes:
        return Report(data, (f"{path} is up to date",), _notes(lock))
    head = f"{path} is out of date: {_causes(changes)}"
    return Report(data, (head, *change_lines(changes)), ("lock again: sygaldry lock",), exit_code=1)


def lock_diff(old: str, new: str) -> Report:
    """Report what differs between two locks; the exit code is 1 when something does."""
    before, after = load_lock(old), load_lock(new)
    changes = difference(before, after)
    data: dict[str, Json] = {
        "equal": not changes,
        "sygaldry": [before.sygaldry, after.sygaldry],
        "changes": [change_data(each) for each in changes],
    }
    lines = change_lines(changes) or ("the two locks describe the same environment",)
    return Report(data, lines, exit_code=1 if changes else 0)


def drift(resolved: Resolved, workspace: str, lock: ProjectLock) -> tuple[Change, ...]:
    """Return what the settings and files of a workspace have changed since it was locked."""
    entries = static_entries(resolved, workspace, find_project_files(workspace), lock)
    return difference(_without_content(lock), sorted_lock(__version__, entries), _STATIC)


def require_lock(resolved: Resolved, workspace: str) -> ProjectLock:
    """Return the lock that --locked or --frozen demands. Raises LockError if it does not describe the workspace."""
    path = lock_path(workspace)
    lock = load_lock(path)
    changes = () if resolved.settings.frozen else drift(resolved, workspace, lock)
    if changes:
        raise LockError(f"{path} is out of date: {_causes(changes)}", hint="lock again, or use it as it is: --frozen")
    return lock


def change_data(change: Change) -> Json:
    """Return a change for programs."""
    facts: dict[str, Json] = {name: [old, new] for name, old, new in change.facts}
    return {"kind": change.kind, "name": change.name, "action": change.action, "facts": facts}


def _without_content(lock: ProjectLock) -> ProjectLock:
    """Leave out what only a built image shows."""
    entries = (
        Entry(each.kind, each.name, {name: value for name, value in each.facts.items() if name not in OF_BUILT_IMAGE})
        for each in lock.entries
    )
    return ProjectLock(lock.sygaldry, tuple(entries))


def _causes(changes: tuple[Change, ...]) -> str:
    named = [f"{each.kind} {each.name} {each.action}" for each in changes[:3]]
    more = f" and {len(changes) - 3} more" if len(changes) > 3 else ""
    return ", ".join(named) + more


def _notes(lock: ProjectLock) -> tuple[str, ...]:
    image = next(iter(lock.of("image").values()), None)
    if image is not None and CONTENT not in image.facts:
        return ("the packages of the image are not locked yet: build it, and lock again",)
    return ()
