"""Which packages share a layer: a registry and Docker take at most 127 layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MOST_LAYERS: Final = 120  # of 127, with room for those who build on the image


@dataclass(frozen=True)
class Package:
    """An installed package: its hash, a label, where it is inside, and its size."""

    hash: str
    label: str
    prefix: str
    size_bytes: int


def grouped(packages: Sequence[Package], most: int) -> tuple[tuple[Package, ...], ...]:
    """Group packages that stand in the order of their dependencies, at most so many groups.

    What is next to each other changes together: a changed library changes all that need it. So neighbours are joined,
    the smallest first, and the large packages keep layers of their own.
    """
    groups = [[each] for each in packages]
    sizes = [each.size_bytes for each in packages]
    while len(groups) > max(most, 1):
        first = min(range(len(groups) - 1), key=lambda number: sizes[number] + sizes[number + 1])
        groups[first] += groups.pop(first + 1)
        sizes[first] += sizes.pop(first + 1)
    return tuple(tuple(each) for each in groups)
