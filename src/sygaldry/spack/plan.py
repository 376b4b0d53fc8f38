"""What a build is going to do: installed, cached, to be built, and how long it may take."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sygaldry.spack.cache_hits import Hits, best_reasons
from sygaldry.spack.graph import above, closure, order
from sygaldry.spack.lock import Lock

# Measured nowhere yet for the real stack: a package with its stage, on average. Said as "about".
_BYTES_A_PACKAGE = 150 * 2**20


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

    @property
    def total(self) -> int:
        """How many packages there are to be in the end, installed ones included."""
        return len(self.installed) + len(self.cached) + len(self.to_build)

    @property
    def bytes_needed(self) -> int:
        return (len(self.cached) + len(self.to_build)) * _BYTES_A_PACKAGE


def build_plan(
    lock: Lock, installed: Collection[str], caches: Sequence[Hits], history: Mapping[str, float]
) -> BuildPlan:
    """Plan: what runs is installed; what is only for building is, where something above it must be built."""
    cached = {key: each.mirror.name for each in reversed(caches) for key in each.hashes if key not in installed}
    wanted = _wanted(lock, installed, cached)
    inside = [key for key in order(lock) if key in wanted and not lock.nodes[key].is_external]
    to_build = tuple(key for key in inside if key not in installed and key not in cached)
    seconds, is_partial = _estimate(lock, to_build, history)
    reasons = {key: reason for key, reason in best_reasons(caches).items() if key in to_build}
    return BuildPlan(
        tuple(key for key in inside if key in installed),
        {key: cached[key] for key in inside if key in cached},
        to_build,
        tuple(sorted(node.hash for node in lock.to_install if node.hash not in wanted)),
        reasons,
        seconds,
        is_partial,
    )


def next_targets(lock: Lock, wanted: Collection[str], failed: Collection[str]) -> tuple[str, ...]:
    """Name what can still be installed: nothing above a failure, and only the tops, which bring the rest along."""
    left = set(wanted) - above(lock, failed)
    covered = {edge.hash for key in left for edge in lock.nodes[key].edges}
    return tuple(key for key in order(lock) if key in left - covered)


def _wanted(lock: Lock, installed: Collection[str], cached: Collection[str]) -> frozenset[str]:
    wanted: set[str] = set()
    left = set(closure(lock, lock.roots.values(), to_run=True))
    while left - wanted:
        key = (left - wanted).pop()
        wanted.add(key)
        node = lock.nodes[key]
        is_ready = node.is_external or key in installed or key in cached
        left |= {edge.hash for edge in node.edges if edge.is_needed_to_run or not is_ready}
    return frozenset(wanted)


def _estimate(lock: Lock, keys: Sequence[str], history: Mapping[str, float]) -> tuple[float | None, bool]:
    """Sum what earlier builds took, one after the other; unknown ones are left out and reported as such."""
    known = [history[lock.nodes[key].label] for key in keys if lock.nodes[key].label in history]
    if not keys:
        return 0.0, False
    return (sum(known), len(known) < len(keys)) if known else (None, True)
