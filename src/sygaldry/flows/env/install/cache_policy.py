"""What build caches mean for a build that is about to begin: told, or a reason not to begin."""

from __future__ import annotations

from collections.abc import Sequence

from sygaldry.flows.env.cache.query import left_out
from sygaldry.model.errors import LockError
from sygaldry.spack.cache_hits import Hits
from sygaldry.spack.lock import Lock
from sygaldry.spack.plan import BuildPlan


def notes(each: Hits) -> tuple[str, ...]:
    """Say what is to be known of a cache before a build."""
    if not each.problem:
        return each.notes
    name, said = each.mirror.name, f"{each.mirror.name}: {each.problem}"
    if each.stops or not left_out((each,)):
        return (said,)
    return (f"{said}; the build goes on without {name}, fetching and pushing nothing there",)


def line(each: Hits) -> str:
    """Say in a line of the plan what a cache has."""
    if each.problem:
        return f"cache {each.mirror.name}: not asked ({each.problem})"
    return f"cache {each.mirror.name}: has {len(each.hashes)} of the lock's packages"


def refuse(caches: Sequence[Hits], plan: BuildPlan, lock: Lock) -> None:
    """Refuse where Spack would not take what a cache has: it would build for hours instead, without a word."""
    if not plan.to_build:
        return
    for cache in caches:
        if cache.stops:
            raise LockError(cache.problem, hint=f"{cache.hint}; or build without any cache: --no-cache")
        if doubted := [key for key in plan.to_build if key in cache.doubts]:
            doubt, label = cache.doubts[doubted[0]], lock.nodes[doubted[0]].label
            more = f", and {len(doubted) - 1} more" if len(doubted) > 1 else ""
            raise LockError(
                f"Spack would not take {label}{more} from a cache, and silently build: {doubt.why}",
                hint=f"{doubt.remedy}; or build without any cache: --no-cache",
            )
