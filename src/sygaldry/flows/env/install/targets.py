"""What the next round of a build installs: what a cache has is fetched, and never built in its stead unasked."""

from __future__ import annotations

from collections.abc import Collection

from sygaldry.flows.env.install.plan import Prepared
from sygaldry.spack.graph import above, closure
from sygaldry.spack.plan import next_targets


def next_round(prepared: Prepared, left: Collection[str], failed: Collection[str]) -> tuple[tuple[str, ...], bool]:
    """Name what is installed next, and whether from caches alone.

    First what needs nothing to run that is still to be built, from the caches alone; then what is built before the
    rest of that. Left to itself, Spack builds a package whose archive it would not take, without a word.
    """
    lock, cached = prepared.environment.lock, set(left) & set(prepared.plan.cached)
    whole = {key for key in cached if closure(lock, [key], to_run=True) & set(left) <= cached}
    if whole:
        covered = {edge.hash for key in whole for edge in lock.nodes[key].edges if edge.is_needed_to_run}
        return tuple(sorted(whole - covered)), True
    return next_targets(lock, set(left) - above(lock, cached), failed), False
