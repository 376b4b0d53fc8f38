"""Lay a graph out in columns, few crossings: Sugiyama's method, by fast-sugiyama, of a graph without shortcuts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sygaldry.spack.graph import closure, order
from sygaldry.spack.lock import Lock

ROW, GAP = 20, 60  # pixels: a line of text, and the room for lines between columns
_LETTER, _INSET = 6.7, 10  # a letter of 12 pixels in the widest usual sans-serif
_MOST_ROWS = 30


class Place(NamedTuple):
    """The upper left corner of a package's box, and its width."""

    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Layout:
    """Where each package stands, the edges to draw, and the size of the whole."""

    places: Mapping[str, Place]
    edges: tuple[tuple[str, str], ...]
    width: float
    height: float


def compute_layout(lock: Lock) -> Layout:
    """Place every package; packages without edges come last, under the others."""
    from fast_sugiyama import from_edges

    edges = essential_edges(lock)
    found: dict[str, tuple[float, float]] = {}
    if edges:
        for component in from_edges(edges, vertex_spacing=1, dummy_vertices=False).to_list():
            found |= {str(name): (y, x) for name, (x, y) in component[0] if name in lock.nodes}
    places, width = _in_columns(lock, found)
    below = max((place.y for place in places.values()), default=0)
    for number, key in enumerate(sorted(set(lock.nodes) - set(places)), 1):
        places[key] = Place(0.0, below + ROW * (number + 1), len(lock.nodes[key].label) * _LETTER + _INSET)
    width = max(width, *(place.x + place.width for place in places.values()))
    height = max((place.y for place in places.values()), default=0) + 2 * ROW
    return Layout(places, edges, width, height)


def essential_edges(lock: Lock) -> tuple[tuple[str, str], ...]:
    """Drop every edge that a longer path implies: a fifth of the lines show the same order."""
    under = {key: closure(lock, [key]) - {key} for key in lock.nodes}
    kept = []
    for key in order(lock):
        direct = {edge.hash for edge in lock.nodes[key].edges}
        kept += [(key, each) for each in sorted(direct) if not any(each in under[other] for other in direct - {each})]
    return tuple(kept)


def _in_columns(lock: Lock, found: Mapping[str, tuple[float, float]]) -> tuple[dict[str, Place], float]:
    """Turn ranks into columns as wide as their names, in the order found, and return where the last one ends."""
    ranks: dict[float, list[str]] = {}
    for key in sorted(found, key=lambda key: (found[key][1], key)):
        ranks.setdefault(found[key][0], []).append(key)
    # A rank of more rows than a screen has is dealt out to columns beside each other, so that neighbours stay near.
    columns = [
        (names[first::parts], first == parts - 1)
        for rank in sorted(ranks, reverse=True)
        for names in (ranks[rank],)
        for parts in (-(-len(names) // _MOST_ROWS),)
        for first in range(parts)
    ]
    tallest = max((len(names) for names, _ in columns), default=0)
    places: dict[str, Place] = {}
    left = 0.0
    for names, is_last in columns:
        width = max(len(lock.nodes[key].label) for key in names) * _LETTER + _INSET
        top = (tallest - len(names)) / 2
        places |= {key: Place(left, (top + row + 1) * ROW, width) for row, key in enumerate(names)}
        left += width + (GAP if is_last else GAP / 4)
    return places, left
