"""What a build is going to do: installed, cached, to be built, and how long it may take."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sygaldry.spack.cache_hits import Hits, best_reasons
from sygaldry.spack.graph import above, closure, order
from sygaldry.spack.lock import Lock

# Assumed for a package whose size was never measured: its prefix and its stage.
BYTES_A_PACKAGE: Final = 150 * 2**20
# A stage beside a prefix: sources and objects of C and C++ packages take several times what they install.
_STAGE_FACTOR = 4


@dataclass(frozen=True)
class BuildPlan:
    """The packages of a lock by what happens to them, in the order they can be installed."""

    installed: tuple[str, ...]
    cached: Mapping[str, str]
    to_build: tuple[str, ...]
    unneeded: tuple[str, ...]
    misses: Mapping[str, str] = field(default_factory=dict)
    seconds: float | None = None
    is_partial: bool = False
    estimates: Mapping[str, float] = field(default_factory=dict)
    critical_path: tuple[str, ...] = ()
    bytes_needed: int = 0
    unmeasured: int = 0

    @property
    def total(self) -> int:
        """How many packages there are to be in the end, installed ones included."""
        return len(self.installed) + len(self.cached) + len(self.to_build)


def build_plan(
    lock: Lock,
    installed: Collection[str],
    caches: Sequence[Hits],
    estimates: Mapping[str, float],
    sizes: Mapping[str, float] | None = None,
) -> BuildPlan:
    """Plan from the estimated seconds by hash and the measured bytes by label.

    What runs is installed; what is only for building is, where something above it must be built.
    """
    cached = {key: each.mirror.name for each in reversed(caches) for key in each.hashes if key not in installed}
    wanted = _wanted(lock, installed, cached)
    inside = [key for key in order(lock) if key in wanted and not lock.nodes[key].is_external]
    to_build = tuple(key for key in inside if key not in installed and key not in cached)
    missing = [lock.nodes[key].label for key in inside if key not in installed]
    known = {key: estimates[key] for key in to_build if key in estimates}
    reasons = {key: reason for key, reason in best_reasons(caches).items() if key in to_build}
    return BuildPlan(
        tuple(key for key in inside if key in installed),
        {key: cached[key] for key in inside if key in cached},
        to_build,
        tuple(sorted(node.hash for node in lock.to_install if node.hash not in wanted)),
        reasons,
        sum(known.values()) if known or not to_build else None,
        len(known) < len(to_build),
        known,
        _critical_path(lock, to_build, known),
        _bytes_needed(missing, sizes or {}),
        sum(label not in (sizes or {}) for label in missing),
    )


def next_targets(lock: Lock, wanted: Collection[str], failed: Collection[str]) -> tuple[str, ...]:
    """Name what can still be installed: nothing above a failure, and only the tops, which bring the rest along."""
    left = set(wanted) - above(lock, failed)
    covered = {edge.hash for key in left for edge in lock.nodes[key].edges}
    return tuple(key for key in order(lock) if key in left - covered)


def _wanted(lock: Lock, installed: Collection[str], cached: Collection[str]) -> frozenset[str]:
    wanted: set[str] = set()
    left = list(closure(lock, lock.roots.values(), to_run=True))
    while left:
        key = left.pop()
        if key in wanted:
            continue
        wanted.add(key)
        node = lock.nodes[key]
        is_ready = node.is_external or key in installed or key in cached
        left += [edge.hash for edge in node.edges if edge.is_needed_to_run or not is_ready]
    return frozenset(wanted)


def _critical_path(lock: Lock, to_build: Sequence[str], known: Mapping[str, float]) -> tuple[str, ...]:
    """Find the slowest chain of builds that cannot happen at the same time, from the first to the last."""
    ends: dict[str, float] = {}
    before: dict[str, str] = {}
    for key in to_build:  # in an order in which they can be installed
        below = [edge.hash for edge in lock.nodes[key].edges if edge.hash in ends]
        slowest = max(below, key=lambda each: (ends[each], each), default="")
        ends[key] = known.get(key, 0.0) + (ends[slowest] if slowest else 0.0)
        before[key] = slowest
    key = max(ends, key=lambda each: (ends[each], each), default="")
    path = []
    while key:
        path.append(key)
        key = before[key]
    return tuple(reversed(path)) if known else ()


def _bytes_needed(labels: Sequence[str], sizes: Mapping[str, float]) -> int:
    """Sum the prefixes, measured where they were, and the largest stage: stages are removed one by one."""
    measured = [int(sizes[label]) for label in labels if label in sizes]
    prefixes = sum(measured) + (len(labels) - len(measured)) * BYTES_A_PACKAGE
    return prefixes + _STAGE_FACTOR * max(measured, default=0)
