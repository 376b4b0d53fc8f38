"""Lay a graph out so that it can be read whole: packages in columns, in the order in which one leads to the next.

A layer of its own for each step would be forty columns wide and a few rows high. Here the layers follow one another in
columns of equal height, wrapped like words in a paragraph, so that the picture has the shape of a window. Lines always
lead from left to right, or down within a column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from sygaldry.spack.graph import order, users
from sygaldry.spack.lock import Lock
from sygaldry.spack.reachability import below

ROW: Final = 17  # pixels from one box to the next
BOX: Final = 14  # the height of a box
GAP: Final = 46  # the room for lines between columns
LETTER: Final = 6.2  # a letter of 11 pixels in a common sans-serif
INSET: Final = 4  # the room on each side of a label
_WINDOW: Final = 1.7  # the width of a window divided by its height, less its toolbars
_SWEEPS: Final = 4


class Place(NamedTuple):
    """The upper left corner of a package's box, and its width."""

    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Layout:
    """The places of the packages, the edges to draw, and the size of the whole."""

    places: Mapping[str, Place]
    edges: tuple[tuple[str, str], ...]
    width: float
    height: float


def compute_layout(lock: Lock) -> Layout:
    """Place every package; the same lock always gives the same places."""
    ordered = _ordered(lock)
    widths = [label_width(lock.nodes[key].label) for key in ordered]
    best = min(_heights(len(ordered)), key=lambda rows: _shape(widths, rows))
    columns = _columns(ordered, best)
    places: dict[str, Place] = {}
    left = 0.0
    for column in columns:
        width = max(label_width(lock.nodes[key].label) for key in column)
        places |= {key: Place(left, float(row * ROW), width) for row, key in enumerate(column)}
        left += width + GAP
    return Layout(places, essential_edges(lock), max(left - GAP, 0.0) + INSET, float(best * ROW))


def label_width(label: str) -> float:
    """Estimate the width of a box that holds a label; the picture stretches the label to exactly that."""
    return len(label) * LETTER + 2 * INSET


def essential_edges(lock: Lock) -> tuple[tuple[str, str], ...]:
    """Drop every edge that a longer path implies: a fifth of the lines show the same order."""
    found = below(lock)
    kept = []
    for key in order(lock):
        direct = {edge.hash for edge in lock.nodes[key].edges}
        implied = 0
        for each in direct:
            implied |= found.under[each]
        kept += [(key, each) for each in sorted(direct) if not found.bit[each] & implied]
    return tuple(kept)


def _ordered(lock: Lock) -> list[str]:
    """Sort by the longest way from a root; within a layer, near the packages that lead there."""
    used_by = {key: [user for user, _ in each] for key, each in users(lock).items()}
    depth: dict[str, int] = {}
    for key in reversed(order(lock)):
        depth[key] = 1 + max((depth[user] for user in used_by[key]), default=-1)
    place = {key: float(number) for number, key in enumerate(sorted(lock.nodes, key=lambda key: lock.nodes[key].label))}
    ordered: list[str] = []
    for _ in range(_SWEEPS):
        centre = {key: _mean([place[user] for user in used_by[key]], place[key]) for key in lock.nodes}
        ordered = sorted(lock.nodes, key=lambda key: (depth[key], centre[key], lock.nodes[key].label, key))
        place = {key: float(number) for number, key in enumerate(ordered)}
    return ordered


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def _heights(count: int) -> range:
    return range(1, max(count, 1) + 1)


def _columns(ordered: Sequence[str], rows: int) -> list[Sequence[str]]:
    return [ordered[start : start + rows] for start in range(0, len(ordered), rows)]


def _shape(widths: Sequence[float], rows: int) -> float:
    """Measure how far the picture is from the shape of a window."""
    columns = [max(widths[start : start + rows]) + GAP for start in range(0, len(widths), rows)]
    return abs(sum(columns) / (rows * ROW) - _WINDOW)
