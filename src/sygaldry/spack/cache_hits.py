"""Which packages of a lock a build cache has, and why each of the others is a miss."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sygaldry.spack.database import Installed
from sygaldry.spack.lock import Lock, Node
from sygaldry.spack.mirrors import Mirror
from sygaldry.spack.signature import Rejection

NEVER: Final = "never pushed"
_MOST_NAMES = 3


@dataclass(frozen=True)
class Hits:
    """What a mirror has of a lock.

    `doubts` are packages that it has and Spack would not take: hours of silent building. `stops` is a problem that no
    build should begin with. `unindexed` are hits that the mirror's own index does not know: a build was killed.
    """

    mirror: Mirror
    hashes: frozenset[str] = frozenset()
    problem: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)
    rejections: Mapping[str, Rejection] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    hint: str = ""
    blocks_build: bool = False
    unindexed: frozenset[str] = frozenset()


def hits(
    lock: Lock,
    mirror: Mirror,
    index: Mapping[str, Installed],
    present: Collection[str] | None = None,
    rejections: Mapping[str, Rejection] | None = None,
) -> Hits:
    """Compare a lock with what a mirror has. `present` lists the packages found by direct queries."""
    rejected = rejections or {}
    there = index if present is None else present
    have = frozenset(key for key in lock.nodes if key in there and key not in rejected)
    reasons = {key: rejection.why for key, rejection in rejected.items()}
    for node in lock.to_install:
        if node.hash not in have and node.hash not in rejected:
            reasons[node.hash] = _miss(node, index)
    return Hits(mirror, have, reasons=reasons, rejections=rejected, unindexed=have - frozenset(index))


def best_reasons(caches: Sequence[Hits]) -> dict[str, str]:
    """Choose the most telling reason of each miss: any is better than that one cache never got it."""
    found: dict[str, str] = {}
    for cache in caches:
        for key, reason in cache.reasons.items():
            if found.get(key, NEVER) == NEVER:
                found[key] = reason
    return found


def _miss(node: Node, index: Mapping[str, Installed]) -> str:
    if node.hash in index:
        return "its index has it, but it is not there"
    others = [each for each in index.values() if each.name == node.name]
    if not others:
        return NEVER
    return _near_miss(node, min(others, key=lambda other: (_distance(node, other), other.hash)))


def _distance(node: Node, other: Installed) -> tuple[bool, bool, int]:
    return other.version != node.version, _arch(other) != (node.os, node.target), len(_options(node, other))


def _near_miss(node: Node, other: Installed) -> str:
    if other.version != node.version:
        return f"it has version {other.version}"
    os, target = _arch(other)
    if (os, target) != (node.os, node.target) and os:
        return f"it has it for another architecture: {os}/{target}, and this lock is for {node.os}/{node.target}"
    miss = f"it has another build of it: /{other.hash[:7]}"
    if options := _options(node, other):
        return f"{miss}, with other options: {_some(options)}"
    if needs := _dependencies(node, other):
        return f"{miss}, with other builds of what it needs: {_some(needs)}"
    if other.spec.get("package_hash") != node.own.get("package_hash"):
        return f"{miss}, made from another recipe"
    return miss


def _arch(other: Installed) -> tuple[str, str]:
    arch = other.spec.get("arch", {})
    target = arch.get("target", "")
    return str(arch.get("platform_os", "")), str(target["name"] if isinstance(target, dict) else target)


def _options(node: Node, other: Installed) -> list[str]:
    ours, theirs = node.own.get("parameters", {}), other.spec.get("parameters", {})
    return [
        f"{key}={_format_value(theirs.get(key))}"
        for key in sorted({*ours, *theirs})
        if ours.get(key) != theirs.get(key)
    ]


def _dependencies(node: Node, other: Installed) -> list[str]:
    ours = {(edge.name, edge.hash) for edge in node.edges}
    theirs = {(str(each["name"]), str(each["hash"])) for each in other.spec.get("dependencies", ())}
    return sorted({name for name, _ in ours ^ theirs})


def _format_value(value: Any) -> str:  # noqa: ANN401 - a variant of any kind
    return ",".join(map(str, value)) if isinstance(value, list) else "absent" if value is None else str(value)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
