"""Gather what an image is made from: the downloads that it pins, and the archives of its Debian packages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sygaldry.bundle.index import BundledFile, Index
from sygaldry.config.resolve import Resolved
from sygaldry.flows.bundle.sources import Source, file_source
from sygaldry.flows.image.mirror import find_archives
from sygaldry.flows.image.pins import artifact_file
from sygaldry.host import contents
from sygaldry.host.download import download
from sygaldry.host.http import fetch
from sygaldry.image.base import Archive
from sygaldry.lockfile.lock import ARCHIVE, ProjectLock
from sygaldry.model.errors import BundleError, SygaldryError

_MOST_NAMED: Final = 5
_STEPS: Final = {"spack-packages": "spack"}  # the toolchain, where it is called otherwise


@dataclass(frozen=True)
class Kept:
    """What needs no download: contents of the bundle that were stored before, and files of the older bundle."""

    folder: Path
    part_bytes: int
    base: Index | None = None

    def has(self, sha256: str, size: int) -> bool:
        return (self.base is not None and self.base.contents().get(sha256) == size) or (
            contents.problem_of(self.folder, sha256, size, self.part_bytes) == ""
        )

    def named(self, kind: str, path: str) -> BundledFile | None:
        """Return the file of the older bundle with that name."""
        return next((each for each in (self.base.of(kind) if self.base else ()) if each.path == path), None)


def artifact_sources(resolved: Resolved, lock: ProjectLock, kept: Kept, scratch: Path) -> Iterator[Source]:
    """Yield every download of this architecture for the chosen toolchains. Raises BundleError naming all that fail."""
    mirror, failed = resolved.settings.artifact_mirror.rstrip("/"), []
    for full, entry in lock.of("artifact").items():
        name, _, arch = full.split(" ", 2)
        if arch not in ("any", os.uname().machine) or _STEPS.get(name, name) not in resolved.settings.toolchains:
            continue
        path = artifact_file(name, entry.facts["url"])
        if known := kept.named("artifact", path):
            yield Source("artifact", "", path, known=(known.sha256, known.size))
            continue
        target = scratch / "artifact"
        try:
            download(f"{mirror}/{path}" if mirror else entry.facts["url"], target, entry.facts["sha256"])
        except SygaldryError as error:
            failed.append(f"{full}: {error.problem}")
            continue
        yield from file_source("artifact", "", target, path)
        target.unlink()
    _refuse(failed, "name a mirror that has them: SYGALDRY_ARTIFACT_MIRROR=http://MIRROR, or leave out --all")


def debian_sources(lock: ProjectLock, archives: tuple[Archive, ...], kept: Kept, scratch: Path) -> Iterator[Source]:
    """Yield the archive of each locked package, and an index, so that the folder is a repository for apt.

    Raises BundleError with the packages whose version the mirror no longer has.
    """
    locked = {(full.partition(":")[0], each.facts["version"]): each for full, each in lock.of("debian").items()}
    if not locked:
        raise BundleError("the lock names no Debian packages", hint="build the image, and lock again: sygaldry lock")
    found = find_archives(locked.keys(), archives, fetch)
    missing, index = [], []
    for (name, version), entry in sorted(locked.items()):
        if (name, version) not in found:
            missing.append(f"{name} {version}")
            continue
        url, each = found[name, version]
        if entry.facts.get(ARCHIVE, each.sha256) != each.sha256:
            missing.append(f"the locked archive of {name} {version}")
            continue
        index.append(each.flat_paragraph())
        if kept.has(each.sha256, each.size):
            yield Source("debian", "", each.file_name, known=(each.sha256, each.size))
            continue
        target = scratch / "package.deb"
        download(url, target, each.sha256)
        yield from file_source("debian", "", target, each.file_name)
        target.unlink()
    _refuse(
        [f"the mirror no longer has {each}" for each in missing],
        "a snapshot of the mirror has them: sygaldry bundle create DIR --debian-mirror "
        "http://snapshot.debian.org/archive/debian/TIME",
    )
    listing = scratch / "Packages"
    listing.write_text("\n".join(index), encoding="utf-8")
    yield from file_source("debian", "", listing)


def _refuse(failed: list[str], hint: str) -> None:
    if failed:
        more = f", and {len(failed) - _MOST_NAMED} more" if len(failed) > _MOST_NAMED else ""
        raise BundleError("; ".join(failed[:_MOST_NAMED]) + more, hint=hint)
