"""What every cache that can be written to has to stand."""

from __future__ import annotations

import shutil

from .conftest import World
from .test_build import installed, tool


def round_trip(world: World) -> None:
    """Build with a push after each package, wipe the store, install from the cache alone: the same hashes."""
    built = world.run("build", str(world.environment))
    assert (built.code, "5 built" in built.out) == (0, True), built
    assert "could not be updated" not in built.err, "the cache has no index"
    before = set(installed(world))
    status = world.run("cache", "status", str(world.environment))
    assert (status.code, ": 5 of 5 (" in status.out) == (0, True), status
    shutil.rmtree(world.store / "install")
    from_cache_alone(world, before)


def from_cache_alone(world: World, before: set[str]) -> None:
    """Install into an empty store without building anything."""
    done = world.run("build", str(world.environment), "--only-cache")
    assert (done.code, "0 built, 4 from caches" in done.out) == (0, True), done
    assert before >= set(installed(world))
    assert tool(world) == "42 hello\n"
    assert world.run("verify", str(world.environment)).code == 0


def pushed_by_hand(world: World) -> None:
    """Build without a push, push all at once, wipe the store, install from the cache alone."""
    assert world.run("build", str(world.environment)).code == 0
    before = set(installed(world))
    pushed = world.run("cache", "push", str(world.environment))
    assert (pushed.code, "5 packages are in" in pushed.out) == (0, True), pushed
    shutil.rmtree(world.store / "install")
    from_cache_alone(world, before)
