"""What a build is going to do."""

from __future__ import annotations

from sygaldry.spack.cache_hits import Hits
from sygaldry.spack.graph import above, closure
from sygaldry.spack.lock import Lock
from sygaldry.spack.mirrors import Kind, Mirror
from sygaldry.spack.plan import build_plan, next_targets

MIRROR = Mirror("team", "file:///mirror", Kind.FILE)


def test_with_nothing_installed_everything_is_built_in_an_order_that_works(zephyr: Lock) -> None:
    plan = build_plan(zephyr, (), (), {})
    assert len(plan.to_build) == plan.total == 259
    place = {key: number for number, key in enumerate(plan.to_build)}
    for key in plan.to_build:
        assert all(place[edge.hash] < place[key] for edge in zephyr.nodes[key].edges if edge.hash in place)
    assert plan.seconds is None


def test_what_only_builds_is_not_wanted_for_what_a_cache_has(zephyr: Lock) -> None:
    everything = frozenset(node.hash for node in zephyr.to_install)
    plan = build_plan(zephyr, (), (Hits(MIRROR, everything),), {})
    assert not plan.to_build
    runs = closure(zephyr, zephyr.roots.values(), to_run=True) - {node.hash for node in zephyr.externals}
    assert set(plan.cached) == runs
    assert len(plan.unneeded) == 259 - len(runs) > 50


def test_one_miss_brings_its_own_build_tools_and_no_others(zephyr: Lock) -> None:
    (numpy,) = zephyr.named("py-numpy")
    cached = frozenset(node.hash for node in zephyr.to_install) - {numpy.hash}
    plan = build_plan(zephyr, (), (Hits(MIRROR, cached, reasons={numpy.hash: "never pushed"}),), {})
    assert plan.to_build == (numpy.hash,)
    assert plan.misses == {numpy.hash: "never pushed"}
    assert 0 < len(plan.unneeded) < 50


def test_an_estimate_says_when_it_is_partial(zephyr: Lock) -> None:
    everything = {node.hash for node in zephyr.to_install}
    (cmake,), (ninja,) = zephyr.named("cmake"), zephyr.named("ninja")
    left = everything - {cmake.hash, ninja.hash}
    whole = build_plan(zephyr, left, (), {cmake.label: 300.0, ninja.label: 20.0})
    assert (whole.seconds, whole.is_partial) == (320.0, False)
    partial = build_plan(zephyr, left, (), {cmake.label: 300.0})
    assert (partial.seconds, partial.is_partial) == (300.0, True)


def test_after_a_failure_only_what_does_not_need_it_goes_on(zephyr: Lock) -> None:
    (openblas,) = zephyr.named("openblas")
    wanted = [node.hash for node in zephyr.to_install]
    targets = next_targets(zephyr, wanted, [openblas.hash])
    reached = closure(zephyr, targets)
    assert not reached & above(zephyr, [openblas.hash])
    assert reached | above(zephyr, [openblas.hash]) >= set(wanted)


def test_when_everything_needs_the_failure_nothing_is_left(zephyr: Lock) -> None:
    (gmake,) = zephyr.named("gmake")
    assert next_targets(zephyr, above(zephyr, [gmake.hash]), [gmake.hash]) == ()
