"""Several builds on one store, as several hosts would: the work is shared, and whoever dies stops nobody."""

from __future__ import annotations

import random
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable

import pytest

from ._waiting import DEADLINE_S, processes_in, wait_for
from .conftest import World
from .test_build import installed, stages, start, tool

pytestmark = pytest.mark.spack

Choose = Callable[..., World]
SPECS = ("tiny-tool", "tiny-slow")
_INSTALLED = re.compile(r"^==> (\S+): Successfully installed ", re.MULTILINE)


def made(world: World) -> Counter[str]:
    """Count how often each package was built, by what every Spack said."""
    logs = (world.store / ".sygaldry" / "logs").glob("build-*.log")
    return Counter(name for log in logs for name in _INSTALLED.findall(log.read_text()))


def said(world: World) -> str:
    return (world.folder / "builds.txt").read_text()


def assert_whole(world: World) -> None:
    """Every package of the lock is in Spack's database exactly once, and nothing is incomplete or left running."""
    names = Counter(installed(world).values())
    assert set(names.values()) == {1}, names
    assert {"tiny-tool", "tiny-math", "tiny-log", "tiny-slow", "compiler-wrapper", "gcc-runtime"} <= set(names)
    assert world.run("verify", str(world.environment)).code == 0
    assert "behind" not in world.run("status", str(world.environment)).out
    assert tool(world) == "42 hello\n"
    wait_for(lambda: not processes_in(world.folder), f"the end of {processes_in(world.folder)}")


@pytest.mark.parametrize("number", [2, 3])
def test_builds_at_once_share_the_work_and_build_each_package_once(with_roots: Choose, number: int) -> None:
    world = with_roots(*SPECS)
    builds = [start(world, "--join") for _ in range(number)]
    assert [each.wait(DEADLINE_S) for each in builds] == [0] * number, said(world)
    assert set(made(world).values()) == {1}, made(world)
    assert_whole(world)


def test_another_host_joins_without_being_asked_and_the_same_host_does_not(with_roots: Choose) -> None:
    world = with_roots(*SPECS)
    other = ["unshare", "--map-root-user", "--uts", "sh", "-c", 'hostname other && exec "$@"', "sh"]
    if subprocess.run([*other, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this kernel gives no other host name here")
    first, second = start(world), start(world, before=other)
    assert [each.wait(DEADLINE_S) for each in (first, second)] == [0, 0], said(world)
    assert set(made(world).values()) == {1}, made(world)
    assert len(list((world.store / ".sygaldry").glob("build-tiny-*.lock"))) == 2
    assert_whole(world)


def test_a_build_killed_at_any_moment_leaves_nothing_that_stops_the_others(with_roots: Choose) -> None:
    world = with_roots(*SPECS)
    for turn in range(4):
        for each in ("install", "views", "stage"):
            shutil.rmtree(world.store / each, ignore_errors=True)
        builds = [start(world, "--join") for _ in range(3)]
        wait_for(lambda: stages(world, "") or processes_in(world.store), "a build")
        moment = random.random() * 4  # noqa: S311 - a moment, not a secret
        time.sleep(moment)  # the random moment is the test
        builds[turn % 3].send_signal(signal.SIGKILL)
        codes = [each.wait(DEADLINE_S) for each in builds]
        del codes[turn % 3]
        assert codes == [0, 0], (turn, moment, said(world))
        assert_whole(world)


def test_two_of_three_killed_and_the_third_still_ends(with_roots: Choose) -> None:
    world = with_roots(*SPECS)
    builds = [start(world, "--join") for _ in range(3)]
    wait_for(lambda: stages(world, "tiny-slow"), "the slow package")
    moments = [random.random() for _ in range(2)]  # noqa: S311 - likewise
    for build, moment in zip(builds, moments, strict=False):
        time.sleep(moment)
        build.send_signal(signal.SIGKILL)
    assert [each.wait(DEADLINE_S) for each in builds] == [-9, -9, 0], (moments, said(world))
    assert_whole(world)


@pytest.mark.parametrize("number", [2, 3])
def test_builds_that_meet_different_failures_never_wait_for_each_other(with_roots: Choose, number: int) -> None:
    """What Spack alone hung at in five of seven runs: two best-effort installs that hold a failed package each."""
    world = with_roots("tiny-tool", "tiny-app", "tiny-missing")
    for _ in range(2):
        builds = [start(world, "--join") for _ in range(number)]
        assert [each.wait(DEADLINE_S) for each in builds] == [1] * number, said(world)
        names = Counter(installed(world).values())
        assert set(names.values()) == {1}
        assert {"tiny-tool", "tiny-math", "tiny-log"} <= set(names)
        assert not {"tiny-app", "tiny-broken", "tiny-missing"} & set(names)
        wait_for(lambda: not processes_in(world.folder), "the end of all")
    assert said(world).count("failed: tiny-broken@1.0") == 2 * number, said(world)
    assert said(world).count("failed: tiny-missing@1.0") == 2 * number, said(world)
    # Whoever met a failure tells its cause, and nobody the cause of another's.
    told = re.findall(r"^failed: (\S+): (.+)$", said(world), re.MULTILINE)
    for package, why in told:
        cause = "cannot fetch file:" if "missing" in package else "broken.c:1:25 does"
        assert why.startswith((cause, "it failed in another build on this store")), told
    assert tool(world) == "42 hello\n"
