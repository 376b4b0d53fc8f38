"""Units of a build over nodes: what is ready, and what becomes of a unit by its evidence."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT

from sygaldry.flows.env.spread.units import (
    SILENT_S,
    Evidence,
    Result,
    Unit,
    Verdict,
    again,
    doomed,
    judge,
    load_result,
    load_units,
    ready,
    save_units,
)
from sygaldry.model.batch import Handle, Phase, SchedulerReport
from sygaldry.spack.graph import above
from sygaldry.spack.lock import Lock, parse_lock

UNIT = Unit("h", "u", "7")


@pytest.fixture(scope="module")
def zephyr() -> Lock:
    path = CHECKOUT / "pkg" / "zephyr" / "spack.lock"
    return parse_lock(path.read_text(), str(path))


def built(lock: Lock, slots: int, broken: set[str]) -> tuple[list[str], set[str]]:
    """Simulate a build with some failing packages, whose jobs end in any order; returns the order and the failures."""
    todo = {node.hash for node in lock.to_install}
    present: set[str] = set()
    failed: set[str] = set()
    running: list[str] = []
    begun: list[str] = []
    chance = random.Random(7)  # noqa: S311 - an order, not a secret
    while True:
        for key in ready(lock, todo, present, {*running, *failed}):
            if len(running) < slots:
                running.append(key)
                begun.append(key)
        if not running:
            return begun, failed
        ended = running.pop(chance.randrange(len(running)))
        (failed if ended in broken else present).add(ended)


def test_every_package_of_a_large_lock_begins_once_after_what_it_needs(zephyr: Lock) -> None:
    begun, failed = built(zephyr, 8, set())
    assert not failed
    assert sorted(begun) == sorted(node.hash for node in zephyr.to_install)
    at = {key: number for number, key in enumerate(begun)}
    for key in begun:
        assert all(at[edge.hash] < at[key] for edge in zephyr.nodes[key].edges if edge.hash in at)


def test_a_failure_spares_everything_but_what_is_above_it(zephyr: Lock) -> None:
    broken = {next(node.hash for node in zephyr.to_install if node.name == "openblas")}
    begun, failed = built(zephyr, 4, broken)
    todo = {node.hash for node in zephyr.to_install}
    assert failed == broken
    assert set(doomed(zephyr, todo, failed)) == (set(above(zephyr, broken)) & todo) - broken
    assert set(begun) == todo - set(doomed(zephyr, todo, failed))


def report(word: str, phase: Phase = Phase.ENDED) -> SchedulerReport:
    return SchedulerReport(Handle("7"), "u", phase, word, node="n2")


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        (Evidence(is_installed=True, report=report("NODE_FAIL")), Verdict.DONE),
        (Evidence(Result(ok=False, why="no such header")), Verdict.FAILED),
        (Evidence(Result(ok=True)), Verdict.RUNNING),
        (Evidence(report=report("NODE_FAIL")), Verdict.AGAIN),
        (Evidence(report=report("COMPLETED")), Verdict.AGAIN),
        (Evidence(report=report("CANCELLED")), Verdict.FAILED),
        (Evidence(report=report("RUNNING", Phase.ACTIVE), is_answered=True, alive_s=9999), Verdict.RUNNING),
        (Evidence(report=report("A_NEW_STATE", Phase.UNKNOWN), is_answered=True, alive_s=9999), Verdict.RUNNING),
        (Evidence(is_answered=False, alive_s=9999), Verdict.RUNNING),
        (Evidence(is_answered=True, alive_s=SILENT_S - 1), Verdict.RUNNING),
        (Evidence(is_answered=True, alive_s=SILENT_S + 1), Verdict.AGAIN),
    ],
)
def test_what_becomes_of_a_unit(evidence: Evidence, verdict: str) -> None:
    assert judge(replace(UNIT, ended_s=1.0), evidence, 100.0)[0] == verdict


def test_an_end_without_a_result_waits_until_a_result_would_be_visible() -> None:
    evidence = Evidence(report=report("NODE_FAIL"), delay_s=60)
    assert judge(replace(UNIT, ended_s=50.0), evidence, 100.0)[0] == Verdict.RUNNING
    assert judge(replace(UNIT, ended_s=50.0), evidence, 111.0) == (Verdict.AGAIN, "its job ended as NODE_FAIL on n2")


def test_the_next_try_is_elsewhere() -> None:
    second = again(replace(UNIT, node="n2", avoid=("n1",)), "v", "n2")
    assert (second.uuid, second.tries, second.avoid, second.id) == ("v", 2, ("n1", "n2"), "")


def test_units_and_results_are_read_again_and_damage_is_none(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    assert load_units(path) == ((), {})
    save_units(path, [replace(UNIT, avoid=("n1",))], {"done": 3})
    units, facts = load_units(path)
    assert (units, facts["done"]) == ((replace(UNIT, avoid=("n1",)),), 3)
    for damage in ('{"units": [{"hash": 1}]}', "[1]", "{", '{"units": 7}'):
        path.write_text(damage)
        assert load_units(path)[0] == ()
        assert load_result(path) is None
