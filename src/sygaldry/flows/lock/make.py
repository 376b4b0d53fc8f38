"""Make the lock of a workspace: what its files determine, and what an image shows that is already built."""

from __future__ import annotations

import os
from collections import Counter
from hashlib import sha256
from pathlib import Path

from sygaldry import __version__
from sygaldry.config.resolve import Resolved
from sygaldry.flows.lock.debian_archives import add_archives, keep_archives
from sygaldry.flows.lock.file import lock_path, read_lock, write_lock
from sygaldry.flows.lock.gather import static_entries
from sygaldry.flows.lock.hub_cache import hub_entry
from sygaldry.flows.lock.image_facts import NoImageError, image_entries
from sygaldry.flows.lock.project_files import find_project_files
from sygaldry.flows.storage.project import find_storage
from sygaldry.host import files
from sygaldry.host.checkout import find_checkout
from sygaldry.host.engine_lock import engine_lock
from sygaldry.host.http import fetch
from sygaldry.lockfile.difference import Change, difference
from sygaldry.lockfile.lock import AFTER_BUILD, FILE, OF_BUILT_IMAGE, Entry, ProjectLock, sorted_lock
from sygaldry.lockfile.text import kept_repositories
from sygaldry.model.errors import LockError
from sygaldry.model.machine import Machine
from sygaldry.model.report import Json, Report

_MOST_LINES = 40


def lock_project(  # noqa: PLR0913 - what is locked, and whom to ask
    resolved: Resolved,
    machine: Machine,
    workspace: str,
    repositories: tuple[str, ...],
    *,
    ask_engine: bool,
    ask_mirror: bool = False,
) -> Report:
    """Write `sygaldry.lock`; with `ask_mirror`, with the digests of the archives of Debian packages.

    Raises LockError for a damaged spack.lock, NotFoundError for an absent repository, and MachineNotReadyError for a
    mirror that does not answer.
    """
    # Two at once would each lose what the other keeps.
    key = f"lock-{os.getuid()}-{sha256(os.path.realpath(workspace).encode('utf-8', 'surrogateescape')).hexdigest():.16}"
    with engine_lock(key, lambda _: None):
        path, notes = lock_path(workspace), list[str]()
        old = _old_lock(path, repositories, notes)
        found = find_project_files(workspace)
        notes += found.notes
        entries = list(static_entries(resolved, workspace, found))
        of_image = _kept_of_image(old, entries[0])
        if ask_engine:
            try:
                of_image = keep_archives(image_entries(resolved, machine, entries[0]), old)
            except NoImageError as error:
                notes.append(f"without the packages of the image: {error.problem}; build it, and lock again")
        if ask_mirror:
            of_image, missing = add_archives(of_image, resolved, fetch)
            if missing:
                notes.append(f"the mirror has no archive of {missing} Debian packages: they are locked without it")
        entries += of_image
        entries += old.of("huggingface").values() if old else ()
        if repositories:
            hub = Path(find_storage(resolved, workspace).storage.at("hf_cache", "hub"))
            entries += (hub_entry(hub, each) for each in repositories)
        new = sorted_lock(__version__, entries)
        changes = difference(old, new) if old else ()
        is_written = write_lock(path, new)
        return _report(path, new, changes, tuple(notes), is_written=is_written)


def _old_lock(path: str, repositories: tuple[str, ...], notes: list[str]) -> ProjectLock | None:
    """Return the lock that is replaced. One that cannot be read is replaced unless it keeps what only it knows."""
    try:
        return read_lock(path)
    except LockError as error:
        if lost := sorted(kept_repositories(files.read_if_there(path) or "") - set(repositories)):
            again = " ".join(("sygaldry lock", *(f"--keep {each}" for each in lost)))
            raise LockError(
                f"{error.problem}; a new one would lose the revisions of {', '.join(lost)}",
                hint=f"restore the last good one{_by_git(path)}; or lock what is in the cache: {again}",
            ) from error
        notes.append(f"warning: the lock is made anew: {error.problem}")
        return None


def _by_git(path: str) -> str:
    """Name the command that restores a file, if it is in a Git checkout."""
    return f": git checkout -- {FILE}" if find_checkout(Path(path).parent) else ""


def _kept_of_image(old: ProjectLock | None, image: Entry) -> list[Entry]:
    """Keep what was learned from an image of the same recipe; another image would have other packages."""
    before = old.of("image").get(image.name) if old else None
    if old is None or before is None or before.facts.get("recipe") != image.facts["recipe"]:
        return []
    content = {name: before.facts[name] for name in OF_BUILT_IMAGE if name in before.facts}
    known = Entry(image.kind, image.name, {**image.facts, **content})
    return [known, *(each for kind in AFTER_BUILD for each in old.of(kind).values())]


def _report(
    path: str, lock: ProjectLock, changes: tuple[Change, ...], notes: tuple[str, ...], *, is_written: bool
) -> Report:
    counts = Counter(each.kind for each in lock.entries)
    what = ", ".join(f"{number} {kind}" for kind, number in counts.items())
    head = f"{path}: {what}" if is_written else f"{path} is up to date: {what}"
    lines = change_lines(changes)
    data: dict[str, Json] = {"path": path, "changed": is_written, "entries": dict(counts)}
    return Report(data, (head, *lines), notes)


def change_lines(changes: tuple[Change, ...]) -> tuple[str, ...]:
    """Format changes, the most important first, and count what does not fit."""
    lines = [line for change in changes for line in change.lines()]
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], f"... and {len(lines) - _MOST_LINES} more lines; see all: --json"]
    return tuple(lines)
