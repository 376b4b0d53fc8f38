"""Lay a graph out in columns, few crossings: Sugiyama's method, by fast-sugiyama, of a graph without shortcuts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sygaldry.spack.graph import closure, order
from sygaldry.spack.lock import Lock

COLUMN, ROW = 250, 20  # pixels: the longest usual name, and a line of text


@dataclass(frozen=True)
class Layout:
    """Where each package stands, the edges to draw, and the size of the whole."""

    places: Mapping[str, tuple[float, float]]
    edges: tuple[tuple[str, str], ...]
    width: float
    height: float


def laid_out(lock: Lock) -> Layout:
    """Place every package; packages without edges come last, under the others."""
    from fast_sugiyama import from_edges

    edges = essential_edges(lock)
    found: dict[str, tuple[float, float]] = {}
    if edges:
        for component in from_edges(edges, vertex_spacing=1, dummy_vertices=False).to_list():
            found |= {str(name): (y, x) for name, (x, y) in component[0] if name in lock.nodes}
    places = _in_columns(found)
    below = max((y for _, y in places.values()), default=0)
    for number, key in enumerate(sorted(set(lock.nodes) - set(places)), 1):
        places[key] = (0.0, below + ROW * (number + 1))
    width = max((x for x, _ in places.values()), default=0) + COLUMN
    height = max((y for _, y in places.values()), default=0) + 2 * ROW
    return Layout(places, edges, width, height)


def essential_edges(lock: Lock) -> tuple[tuple[str, str], ...]:
    """Leave out every edge that a longer way says already: a fifth of the lines tell the same order."""
    under = {key: closure(lock, [key]) - {key} for key in lock.nodes}
    kept = []
    for key in order(lock):
        direct = {edge.hash for edge in lock.nodes[key].edges}
        kept += [(key, each) for each in sorted(direct) if not any(each in under[other] for other in direct - {each})]
    return tuple(kept)


def _in_columns(found: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Turn ranks into columns of text, keeping their order and closing the gaps that nothing stands in."""
    columns = sorted({rank for rank, _ in found.values()}, reverse=True)
    places: dict[str, tuple[float, float]] = {}
    tallest = max((sum(rank == column for rank, _ in found.values()) for column in columns), default=0)
    for number, column in enumerate(columns):
        names = sorted(
            (key for key, (rank, _) in found.items() if rank == column), key=lambda key: (found[key][1], key)
        )
        first = (tallest - len(names)) / 2
        places |= {key: (number * COLUMN, (first + row + 1) * ROW) for row, key in enumerate(names)}
    return places
