"""Inspect a store without reading its programs: which packages are there, and the sizes of their files.

`env verify` reads every file, which takes minutes; the status of an environment may not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.package_files import inspect_package, metadata_damage
from sygaldry.spack.database import Installed
from sygaldry.spack.lock import Node
from sygaldry.spack.verify import Damage, RecordedFile

MOST_FILES = 20_000  # bounds the time of a status on a network file system
_MOST_NAMES = 3


@dataclass(frozen=True)
class Inspection:
    """The damages that show, the number of files compared, and the packages that were not inspected."""

    damages: tuple[Damage, ...] = ()
    files: int = 0
    omitted: tuple[str, ...] = ()

    @property
    def damaged(self) -> tuple[str, ...]:
        """The labels of the damaged packages."""
        return tuple(dict.fromkeys(each.package for each in self.damages))

    def scope(self) -> str:
        """State what was compared and what was not."""
        omitted = f", {len(self.omitted)} packages not inspected" if self.omitted else ""
        return f"{self.files} files there by size, contents not read{omitted}"

    def warning(self, environment: Environment) -> str:
        """Warn of damages in one line; empty without any."""
        if not self.damages:
            return ""
        return (
            f"warning: damaged in the store and not built again: {_shortened(self.damaged)}; "
            f"all of it: sygaldry env verify {environment.argument}"
        )


def inspect_store(
    store: Store, nodes: Iterable[Node], database: Mapping[str, Installed], *, most_files: int = MOST_FILES
) -> Inspection:
    """Compare installed packages with Spack's records of them, up to a number of files."""
    damages: list[Damage] = []
    omitted: list[str] = []
    compared = 0

    def compare(path: Path, recorded: RecordedFile) -> str:
        nonlocal compared
        compared += 1
        return metadata_damage(path, recorded)

    for node in nodes:
        if compared >= most_files:
            omitted.append(node.label)
            continue
        damages += inspect_package(store, node, database[node.hash], compare).damages
    return Inspection(tuple(damages), compared, tuple(omitted))


def describe(damage: Damage) -> str:
    """Format a damage for a line below a summary."""
    return f"{damage.package}: {damage.path}: {damage.detail}"


def _shortened(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
