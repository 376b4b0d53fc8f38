"""What a build is going to do."""

from __future__ import annotations

import pytest

from sygaldry.spack.build_times import SECONDS
from sygaldry.spack.cache_hits import Hits
from sygaldry.spack.effort import MachineSize, choose_jobs
from sygaldry.spack.estimates import estimate
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
    whole = build_plan(zephyr, left, (), {cmake.hash: 300.0, ninja.hash: 20.0})
    assert (whole.seconds, whole.is_partial) == (320.0, False)
    partial = build_plan(zephyr, left, (), {cmake.hash: 300.0})
    assert (partial.seconds, partial.is_partial) == (300.0, True)


def test_the_critical_path_is_the_slowest_chain_and_sizes_count_the_largest_stage(zephyr: Lock) -> None:
    everything = {node.hash for node in zephyr.to_install}
    (numpy,), (bottleneck,), (ninja,) = (zephyr.named(name) for name in ("py-numpy", "py-bottleneck", "ninja"))
    built = {numpy.hash, bottleneck.hash, ninja.hash}
    estimates = {numpy.hash: 300.0, bottleneck.hash: 20.0, ninja.hash: 310.0}
    sizes = {numpy.label: 10.0, bottleneck.label: 20.0, ninja.label: 30.0}
    plan = build_plan(zephyr, everything - built, (), estimates, sizes)
    assert plan.critical_path == (numpy.hash, bottleneck.hash)
    assert plan.bytes_needed == 10 + 20 + 30 + 4 * 30


def test_an_estimate_prefers_the_history_of_the_store_and_scales_the_table(zephyr: Lock) -> None:
    (numpy,), (jinja,), (llvm, _) = (zephyr.named(name) for name in ("py-numpy", "py-jinja2", "llvm"))
    found = estimate(zephyr, {numpy.label: 7.0}, lambda: 2.0)
    assert found[numpy.hash] == 7.0
    assert found[jinja.hash] == 2.0 * SECONDS["py-jinja2"]
    assert llvm.hash not in found


@pytest.mark.parametrize(
    ("gib", "requested", "jobs", "said"),
    [(64, 0, 0, ""), (8, 0, 2, "-j 2 instead of 8"), (8, 6, 6, "-j 6 may run out of memory"), (0, 0, 0, "")],
)
def test_the_memory_decides_how_many_processes_run(
    zephyr: Lock, gib: int, requested: int, jobs: int, said: str
) -> None:
    found, note = choose_jobs(zephyr.to_install, MachineSize(8, gib * 2**30), requested)
    assert found == jobs
    assert note.startswith(said)
    assert bool(note) == bool(said)


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
