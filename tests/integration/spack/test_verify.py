"""What `env verify` and the counts of a build say while others work on the store."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ._waiting import DEADLINE_S, held_in_the_middle, processes_in, wait_for
from .conftest import World
from .test_build import start

pytestmark = pytest.mark.spack


def test_a_package_that_is_being_built_is_no_damage_and_one_that_a_kill_left_is(
    with_roots: Callable[..., World],
) -> None:
    world = with_roots("tiny-slow")
    build = start(world)
    with held_in_the_middle(world.folder):
        during = world.data("verify", str(world.environment))
        assert during["being_built"] == ["tiny-slow@1.0"], during
        assert "tiny-slow@1.0" not in {each["package"] for each in during["problems"]}
        build.kill()
        build.wait(DEADLINE_S)
        wait_for(lambda: not processes_in(world.folder), "the end of everything that it started")
    after = world.data("verify", str(world.environment))
    assert after["being_built"] == []
    assert ("tiny-slow@1.0", "incomplete") in {(each["package"], each["kind"]) for each in after["problems"]}


def test_an_external_of_another_version_is_refused_by_build_and_dry_run_alike(
    with_roots: Callable[..., World],
) -> None:
    world = with_roots("tiny-tool")
    lock = world.environment / "spack.lock"
    lock.write_text(lock.read_text().replace('"name": "cmake", "version": "3.', '"name": "cmake", "version": "9.'))
    planned = world.run("build", str(world.environment), "--dry-run")
    refused = world.run("build", str(world.environment))
    assert (planned.code, refused.code) == (4, 4), (planned, refused)
    assert "cmake is 3." in refused.err
    assert refused.err.splitlines()[-2].removeprefix("sygaldry: ") in planned.out
    assert not (world.store / "install").exists()
