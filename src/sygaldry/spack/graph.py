"""Questions about the graph of a lock: what is under, above and between packages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter

from sygaldry.discovery import nearest
from sygaldry.model.errors import NotFoundError
from sygaldry.spack.lock import Edge, Lock, Node


@dataclass(frozen=True)
class Summary:
    """The counts of a lock, for people."""

    packages: int
    externals: int
    to_build: int
    needed_to_run: int
    build_only: int
    longest_chain: tuple[str, ...]
    duplicates: Mapping[str, tuple[str, ...]]


def closure(lock: Lock, start: Iterable[str], *, to_run: bool = False) -> frozenset[str]:
    """Collect what is under the packages, themselves included; `to_run` leaves out what is only for building."""
    seen: set[str] = set()
    left = list(start)
    while left:
        key = left.pop()
        if key not in seen:
            seen.add(key)
            left += [edge.hash for edge in lock.nodes[key].edges if edge.is_needed_to_run or not to_run]
    return frozenset(seen)


def users(lock: Lock) -> dict[str, tuple[tuple[str, Edge], ...]]:
    """Map each package to those that use it directly and how."""
    found: dict[str, list[tuple[str, Edge]]] = {key: [] for key in lock.nodes}
    for key, node in lock.nodes.items():
        for edge in node.edges:
            found[edge.hash].append((key, edge))
    return {key: tuple(sorted(each, key=lambda use: lock.nodes[use[0]].label)) for key, each in found.items()}


def above(lock: Lock, start: Iterable[str]) -> frozenset[str]:
    """Collect everything that needs one of the packages, themselves included."""
    used_by = users(lock)
    seen: set[str] = set()
    left = list(start)
    while left:
        key = left.pop()
        if key not in seen:
            seen.add(key)
            left += [user for user, _ in used_by[key]]
    return frozenset(seen)


def order(lock: Lock) -> tuple[str, ...]:
    """List the packages so that each comes after everything it needs; always the same for the same lock."""
    keys = sorted(lock.nodes, key=lambda key: (lock.nodes[key].label, key))
    sorter = TopologicalSorter({key: sorted(edge.hash for edge in lock.nodes[key].edges) for key in keys})
    return tuple(sorter.static_order())


def longest_chain(lock: Lock) -> tuple[str, ...]:
    """Find the longest way down, from the top: the builds that cannot happen at the same time."""
    length: dict[str, int] = {}
    below: dict[str, str] = {}
    for key in order(lock):
        under = max(lock.nodes[key].edges, key=lambda edge: (length[edge.hash], edge.hash), default=None)
        length[key] = 1 + (length[under.hash] if under else 0)
        below[key] = under.hash if under else ""
    key = max(sorted(length), key=lambda each: length[each])
    chain = [key]
    while key := below[key]:
        chain.append(key)
    return tuple(chain)


def shortest_paths(lock: Lock, target: str) -> dict[str, tuple[str, ...]]:
    """Map each root that needs the package to the shortest way down to it, from the root."""
    used_by = users(lock)
    following = {target: ""}  # each package and the next one on its way down
    level = [target]
    for key in level:  # grows while it is walked
        for user, _ in used_by[key]:
            if user not in following:
                following[user] = key
                level.append(user)
    return {spec: _way_down(following, key) for spec, key in sorted(lock.roots.items()) if key in following}


def _way_down(following: Mapping[str, str], key: str) -> tuple[str, ...]:
    way = [key]
    while key := following[key]:
        way.append(key)
    return tuple(way)


def duplicates(lock: Lock) -> dict[str, tuple[Node, ...]]:
    """Find packages that are there more than once."""
    named: dict[str, list[Node]] = {}
    for node in sorted(lock.nodes.values(), key=lambda node: (node.version, node.hash)):
        named.setdefault(node.name, []).append(node)
    return {name: tuple(found) for name, found in sorted(named.items()) if len(found) > 1}


def part(lock: Lock, roots: Iterable[str], depth: int | None = None) -> Lock:
    """Cut out what is at most `depth` steps under some packages; edges that lead out of it are dropped."""
    chosen = set(roots)
    level = list(chosen)
    while level and (depth is None or depth > 0):
        level = [edge.hash for key in level for edge in lock.nodes[key].edges if edge.hash not in chosen]
        chosen |= set(level)
        depth = None if depth is None else depth - 1
    kept = {key: _within(node, chosen) for key, node in lock.nodes.items() if key in chosen}
    return replace(lock, roots={spec: key for spec, key in lock.roots.items() if key in chosen}, nodes=kept)


def find(lock: Lock, word: str, environment: str) -> tuple[Node, ...]:
    """Find packages by name, name@version, hash or its beginning; raises NotFoundError with the nearest name.

    `environment` names it in the hint.
    """
    name, _, version = word.partition("@")
    found = tuple(node for node in lock.named(name) if node.version.startswith(version))
    prefix = word.removeprefix("/")
    found = found or tuple(
        node for key, node in sorted(lock.nodes.items()) if len(prefix) > 3 and key.startswith(prefix)
    )
    if not found:
        suggestion = nearest(name, tuple(sorted({node.name for node in lock.nodes.values()})))
        raise NotFoundError(
            f"{word!r} is not in the lock",
            hint=f"did you mean {suggestion!r}?" if suggestion else f"see: sygaldry env graph {environment}",
        )
    return found


def summary(lock: Lock) -> Summary:
    """Count."""
    runs = closure(lock, lock.roots.values(), to_run=True)
    return Summary(
        packages=len(lock.nodes),
        externals=len(lock.externals),
        to_build=len(lock.to_install),
        needed_to_run=len(runs),
        build_only=len(lock.nodes) - len(runs),
        longest_chain=tuple(lock.nodes[key].label for key in longest_chain(lock)),
        duplicates={name: tuple(node.version for node in nodes) for name, nodes in duplicates(lock).items()},
    )


def _within(node: Node, chosen: set[str]) -> Node:
    return replace(node, edges=tuple(edge for edge in node.edges if edge.hash in chosen))
