"""The lock of a project as a value: one entry for each thing that an environment is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

FILE: Final = "sygaldry.lock"

# Each kind, in the order of the file. What depends on others comes later.
KINDS: Final[Mapping[str, str]] = {
    "image": "the image: the recipe it is built from and, once built, the digest of its layers",
    "base": "the base image, as the engine knows it",
    "debian": "a Debian package in the image: its version, the digest of its list of files, and of its archive",
    "artifact": "a download of the image, by SHA-256",
    "environment": "a Spack environment: its manifest, its lock, its Spack and its recipes",
    "python": "a lock of Python packages: uv.lock, or requirements with hashes",
    "huggingface": "a revision of a model or dataset, and its files by SHA-256 or git hash",
}
# What is known only once there is an image; it is kept while the image's recipe is the same.
AFTER_BUILD: Final = ("base", "debian")
SOURCE: Final = "source"  # of a Debian package: name and version of its source package, where they differ
ARCHIVE: Final = "archive"  # of a Debian package: the SHA-256 of its archive, where a mirror was asked
CONTENT: Final = "content"  # of an image: the digest of its layers, known once it is built
LAYERS: Final = "layers"  # of an image: the SHA-256 of each unpacked layer, known once it is built
# Of a base that `sygaldry image base` made: the address of its mirror, and suite, version and date of its Release file.
ORIGIN: Final = ("mirror", "release")
RECIPE_FILES: Final = "recipe_files"  # of an environment: the digest of every recipe that its lock uses
OF_BUILT_IMAGE: Final = (CONTENT, LAYERS)


@dataclass(frozen=True, order=True)
class Entry:
    """One thing: its kind, its name, and facts about it such as a version or a SHA-256."""

    kind: str
    name: str
    facts: Mapping[str, str] = field(compare=False)


@dataclass(frozen=True)
class ProjectLock:
    """Everything that is locked, and the version of Sygaldry that locked it."""

    sygaldry: str
    entries: tuple[Entry, ...]

    def of(self, kind: str) -> dict[str, Entry]:
        """Return the entries of a kind by name."""
        return {each.name: each for each in self.entries if each.kind == kind}


def sorted_lock(sygaldry: str, entries: Iterable[Entry]) -> ProjectLock:
    """Return a lock with its entries in the order of the file; a later entry replaces one of the same name."""
    by_name = {(each.kind, each.name): each for each in entries}
    order = list(KINDS)
    return ProjectLock(sygaldry, tuple(sorted(by_name.values(), key=lambda each: (order.index(each.kind), each.name))))
