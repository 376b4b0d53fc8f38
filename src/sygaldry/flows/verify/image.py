"""Compare the image of this machine with the locked one: its layers, and its Debian packages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sygaldry.config.resolve import Resolved
from sygaldry.flows.image.which_engine import engine_name
from sygaldry.flows.lock.image_facts import NoImageError, image_entries
from sygaldry.flows.verify.finding import DIFFERS, EQUAL, UNKNOWN, Finding
from sygaldry.lockfile.difference import difference
from sygaldry.lockfile.lock import AFTER_BUILD, ARCHIVE, CONTENT, ORIGIN, SOURCE, Entry, ProjectLock, sorted_lock
from sygaldry.model.machine import Machine

_AUTHOR = "anyone who may use the container engine"
_BUILD = "sygaldry image build --force; or lock this one: sygaldry lock"


def verify_image(
    resolved: Resolved, machine: Machine, lock: ProjectLock, deep: Callable[[str, str], Finding] | None = None
) -> Iterator[Finding]:
    """Yield one finding for the image, and one for its packages; `deep` reads its files, given engine and name."""
    locked = lock.of("image").get(resolved.settings.image)
    if locked is None:
        yield Finding("image", resolved.settings.image, UNKNOWN, "the lock names no such image", remedy="sygaldry lock")
        return
    if CONTENT not in locked.facts:
        yield Finding("image", locked.name, UNKNOWN, "it was not built when it was locked", remedy="sygaldry lock")
        return
    try:
        found = sorted_lock(lock.sygaldry, image_entries(resolved, machine, locked))
    except NoImageError as error:
        yield Finding("image", locked.name, UNKNOWN, error.problem, remedy="sygaldry image build")
        return
    yield _layers(locked, found)
    yield _packages(locked, lock, found)
    if deep is not None:
        yield deep(engine_name(resolved, machine), locked.name)


def _layers(locked: Entry, found: ProjectLock) -> Finding:
    content = found.of("image")[locked.name].facts[CONTENT]
    if content == locked.facts[CONTENT]:
        return Finding("image", locked.name, EQUAL, "its layers are the locked ones")
    summary = f"its layers are {content:.12}, not {locked.facts[CONTENT]:.12}"
    return Finding("image", locked.name, DIFFERS, summary, (), _BUILD, _AUTHOR)


def _packages(locked: Entry, lock: ProjectLock, found: ProjectLock) -> Finding:
    changes = difference(_comparable(lock), _comparable(found), AFTER_BUILD)
    count = len(lock.of("debian"))
    if not changes:
        return Finding("debian", locked.name, EQUAL, f"its {count} packages are the locked ones")
    details = tuple(line for change in changes for line in change.lines())
    return Finding("debian", locked.name, DIFFERS, f"{len(changes)} of {count} differ", details, _BUILD, _AUTHOR)


def _comparable(lock: ProjectLock) -> ProjectLock:
    """Leave out what older locks do not name, and digests of archives, which no image shows."""
    facts = (
        (each, {name: text for name, text in each.facts.items() if name not in (ARCHIVE, SOURCE, *ORIGIN)})
        for each in lock.entries
    )
    return ProjectLock(lock.sygaldry, tuple(Entry(each.kind, each.name, kept) for each, kept in facts))
