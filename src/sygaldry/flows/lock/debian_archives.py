"""Lock the archives of Debian packages: an image does not show their digests, so they come from a mirror's index."""

from __future__ import annotations

from collections.abc import Iterable

from sygaldry.config.resolve import Resolved
from sygaldry.flows.image.archives import archives_for
from sygaldry.flows.image.mirror import Fetch, find_archives
from sygaldry.lockfile.lock import ARCHIVE, Entry, ProjectLock


def keep_archives(entries: Iterable[Entry], old: ProjectLock | None) -> list[Entry]:
    """Return the entries with what the old lock knows of the archives of the same packages."""
    known = old.of("debian") if old else {}
    return [_kept(each, known.get(each.name)) if each.kind == "debian" else each for each in entries]


def add_archives(entries: Iterable[Entry], resolved: Resolved, fetch: Fetch) -> tuple[list[Entry], int]:
    """Return the entries with the digests that the mirror tells, and the number of packages that it no longer has.

    Raises ImageError, MachineNotReadyError or NotFoundError.
    """
    entries = list(entries)
    wanted = {(_name(each), each.facts["version"]) for each in entries if each.kind == "debian"}
    found = find_archives(wanted, archives_for(resolved, ""), fetch) if wanted else {}
    missing = 0
    for number, each in enumerate(entries):
        if each.kind != "debian":
            continue
        _, archive = found.get((_name(each), each.facts["version"]), ("", None))
        if archive is not None and each.name == f"{archive.name}:{archive.architecture}":
            entries[number] = Entry(each.kind, each.name, {**each.facts, ARCHIVE: archive.sha256})
        elif ARCHIVE not in each.facts:
            missing += 1
    return entries, missing


def _kept(entry: Entry, before: Entry | None) -> Entry:
    if before is None or ARCHIVE not in before.facts or before.facts["version"] != entry.facts["version"]:
        return entry
    return Entry(entry.kind, entry.name, {**entry.facts, ARCHIVE: before.facts[ARCHIVE]})


def _name(entry: Entry) -> str:
    return entry.name.partition(":")[0]
