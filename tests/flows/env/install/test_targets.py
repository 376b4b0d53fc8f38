"""What a build installs next, on the real lock: fetched before built, and never built in a cache's stead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.install.plan import BuildContext, BuildOptions
from sygaldry.flows.env.install.rounds import next_round
from sygaldry.model.finding import Finding, Verdict
from sygaldry.spack.cache_hits import Hits
from sygaldry.spack.graph import above, closure
from sygaldry.spack.lock import Lock
from sygaldry.spack.mirrors import Kind, Mirror
from sygaldry.spack.plan import build_plan

ENVIRONMENT = Environment(Path(__file__).parents[4] / "pkg" / "zephyr", Path("/nonexistent"))
ROOM = Finding(Verdict.OK, "there is room")
MIRROR = Mirror("team", "file:///mirror", Kind.FILE)


def context(lock: Lock, cached: set[str]) -> BuildContext:
    caches = (Hits(MIRROR, frozenset(cached)),)
    plan = build_plan(lock, (), caches, {})
    return BuildContext(ENVIRONMENT, Store(Path("/nonexistent")), plan, caches, (), ROOM, BuildOptions())


def everything() -> set[str]:
    return {node.hash for node in ENVIRONMENT.lock.to_install}


def test_what_is_cached_whole_is_fetched_first() -> None:
    world = context(ENVIRONMENT.lock, everything())
    targets, only_cache = next_round(world, world.plan.cached, ())
    assert only_cache
    assert closure(ENVIRONMENT.lock, targets, to_run=True) >= set(world.plan.cached)


def test_rounds_alternate_until_all_is_there_and_nothing_cached_is_built() -> None:
    lock = ENVIRONMENT.lock
    (numpy,) = lock.named("py-numpy")
    world = context(lock, everything() - {numpy.hash})
    left = {*world.plan.cached, *world.plan.to_build}
    kinds = []
    while left:
        targets, only_cache = next_round(world, left, ())
        kinds.append(only_cache)
        reached = closure(lock, targets, to_run=only_cache) & left
        assert reached, "no round may be empty while something is left"
        assert only_cache or not reached & set(world.plan.cached)
        left -= reached
    assert kinds == [True, False, True]


def test_what_needs_a_failure_is_neither_fetched_nor_built() -> None:
    lock = ENVIRONMENT.lock
    (numpy,) = lock.named("py-numpy")
    world = context(lock, everything() - {numpy.hash})
    left = above(lock, [numpy.hash]) & {*world.plan.cached, *world.plan.to_build}
    assert next_round(world, left, [numpy.hash]) == ((), False)


def test_without_caches_everything_is_built_at_once() -> None:
    world = context(ENVIRONMENT.lock, set())
    targets, only_cache = next_round(replace(world), world.plan.to_build, ())
    assert not only_cache
    assert closure(ENVIRONMENT.lock, targets) >= set(world.plan.to_build)
