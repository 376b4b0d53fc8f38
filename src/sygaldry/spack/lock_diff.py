"""Compare two locks: roots, packages with changes of their own, and packages that only follow a dependency."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sygaldry.spack.graph import order
from sygaldry.spack.lock import Lock, Node

_MOST_NAMES: Final = 4
_MOST_CAUSES: Final = 100


@dataclass(frozen=True)
class Change:
    """A package before and after; `fields` say what changed of itself, `causes` which packages below it.

    A hundred causes are listed at most.
    """

    name: str
    before: str
    after: str
    fields: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """Everything that differs; empty when the two locks install the same."""

    roots: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[Change, ...] = ()
    consequences: tuple[Change, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self == Difference()


def difference(old: Lock, new: Lock) -> Difference:
    """Compare by hash first: equal hashes mean equal packages, all the way down."""
    gone = {key: node for key, node in old.nodes.items() if key not in new.nodes}
    come = {key: node for key, node in new.nodes.items() if key not in old.nodes}
    pairs, removed, added = _paired(gone, come)
    own = {after: _fields(old.nodes[before], new.nodes[after]) for before, after in pairs}
    # A package whose own fields and whose set of dependencies are the same changed only through them.
    origin = {after: before for before, after in pairs}
    causes = _causes(old, new, own, origin)
    changes = [
        Change(new.nodes[key].name, old.nodes[origin[key]].label, new.nodes[key].label, own[key], causes[key])
        for key in order(new)
        if key in origin
    ]
    return Difference(
        _roots(old, new),
        tuple(sorted(new.nodes[key].label for key in added)),
        tuple(sorted(old.nodes[key].label for key in removed)),
        tuple(each for each in changes if each.fields),
        tuple(each for each in changes if not each.fields),
    )


def format_difference(found: Difference) -> tuple[str, ...]:
    """Format the difference: roots first, then what was added, removed, changed, and then the consequences by cause."""
    lines = [f"root {each}" for each in found.roots]
    lines += [f"+ {each}" for each in found.added]
    lines += [f"- {each}" for each in found.removed]
    lines += [f"~ {_before_after(each)}: {'; '.join(each.fields)}" for each in found.changed]
    by_cause: dict[tuple[str, ...], list[str]] = {}
    for each in found.consequences:
        by_cause.setdefault(each.causes, []).append(each.name)
    for causes, names in by_cause.items():
        lines.append(f"= {len(names)} only because of {_listed(causes)}: {', '.join(sorted(names))}")
    return tuple(lines)


def _listed(names: tuple[str, ...]) -> str:
    if len(names) <= _MOST_NAMES:
        return ", ".join(names)
    more = f"{len(names) - _MOST_NAMES} more" if len(names) < _MOST_CAUSES else "many more"
    return f"{', '.join(names[:_MOST_NAMES])} and {more}"


def _before_after(change: Change) -> str:
    return change.after if change.before == change.after else f"{change.before} -> {change.after}"


def _paired(
    gone: Mapping[str, Node], come: Mapping[str, Node]
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...], tuple[str, ...]]:
    """Pair packages of a name, those of the same version first, the rest in the order of versions."""
    pairs: dict[str, str] = {}
    added = dict(come)
    kinds: tuple[Callable[[Node], str], ...] = (lambda node: node.label, lambda node: node.name)
    for kind in kinds:
        candidates: dict[str, deque[str]] = {}
        for key in sorted(added, key=lambda key: added[key].label):
            candidates.setdefault(kind(added[key]), deque()).append(key)
        for before in sorted(gone.keys() - pairs.keys(), key=lambda key: (gone[key].label, key)):
            if alike := candidates.get(kind(gone[before])):
                pairs[before] = alike.popleft()
                del added[pairs[before]]
    return tuple(pairs.items()), tuple(key for key in gone if key not in pairs), tuple(added)


def _fields(before: Node, after: Node) -> tuple[str, ...]:
    names = sorted((set(before.own) | set(after.own)) - {"name"})
    found = [line for name in names for line in _field(name, before.own.get(name), after.own.get(name))]
    return (*found, *_edge_changes(before, after))


def _field(name: str, before: Any, after: Any) -> list[str]:  # noqa: ANN401 - JSON of any shape
    if before == after:
        return []
    if name == "package_hash":
        return ["its recipe changed"]
    if isinstance(before, dict) and isinstance(after, dict):
        keys = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
        return [line for key in keys for line in _field(key, before.get(key), after.get(key))]
    return [f"{name} {_format_value(before)} -> {_format_value(after)}"]


def _format_value(value: Any) -> str:  # noqa: ANN401 - JSON of any shape
    if isinstance(value, list):
        return ",".join(str(each) for each in value) or "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value is None else "{…}" if isinstance(value, dict) else str(value)


def _edge_changes(before: Node, after: Node) -> tuple[str, ...]:
    old, new = (_needs(node) for node in (before, after))
    gained = [f"now needs {name}" for name in sorted(new - old)]
    return (*gained, *(f"no longer needs {name}" for name in sorted(old - new)))


def _needs(node: Node) -> frozenset[str]:
    return frozenset(f"{edge.name} to {'/'.join(sorted(edge.types))}" for edge in node.edges)


def _causes(
    old: Lock, new: Lock, own: Mapping[str, tuple[str, ...]], origin: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Find for each changed package the packages below it that changed of themselves, as bits: one for each name."""
    names = sorted({node.name for node in new.nodes.values()})
    bit = {name: 1 << number for number, name in enumerate(names)}
    found: dict[str, int] = {}
    for key in order(new):
        below = 0
        for edge in new.nodes[key].edges:
            if edge.hash in old.nodes:
                continue
            below |= found[edge.hash]
            if edge.hash not in origin or own[edge.hash]:
                below |= bit[new.nodes[edge.hash].name]
        found[key] = below
    return {key: _first_names(found[key], names) for key in origin}


def _first_names(bits: int, names: Sequence[str]) -> tuple[str, ...]:
    chosen: list[str] = []
    while bits and len(chosen) < _MOST_CAUSES:
        chosen.append(names[(bits & -bits).bit_length() - 1])
        bits &= bits - 1
    return tuple(chosen)


def _roots(old: Lock, new: Lock) -> tuple[str, ...]:
    lines = []
    for spec in sorted({*old.roots, *new.roots}):
        before, after = old.roots.get(spec), new.roots.get(spec)
        if before is None:
            lines.append(f"+ {spec}: {new.nodes[new.roots[spec]].label}")
        elif after is None:
            lines.append(f"- {spec}: {old.nodes[before].label}")
        elif old.nodes[before].label != new.nodes[after].label:
            lines.append(f"~ {spec}: {old.nodes[before].label} -> {new.nodes[after].label}")
    return tuple(lines)
