"""A store built at one path, installed from its cache at others: the same hashes wherever it is."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from .conftest import World
from .test_build import installed, tool

pytestmark = pytest.mark.spack

At = Callable[..., World]


@pytest.fixture
def at(given: World, locked: dict[str, Any], tmp_path: Path) -> At:
    """Lay the tiny environment with an empty store at a folder; all of them share one cache."""

    def lay(name: str, padding: str = "") -> World:
        world = replace(given, folder=tmp_path / name)
        (world.store / "cache").mkdir(parents=True)
        world.bring_index()
        mirror = f"{{url: 'file://{tmp_path}/mirror', signed: false, autopush: true}}"
        world.write_manifest(("tiny-tool",), f"mirrors: {{team: {mirror}}}")
        source = world.environment / "spack_src.yaml"
        source.write_text(source.read_text().replace("/install}", f"/install{padding}}}"))
        world.take(locked, ("tiny-tool",))
        return world

    return lay


def assert_moved(world: World, hashes: set[str]) -> None:
    """Install from the cache alone and check that nothing remembers where it was built."""
    done = world.run("build", str(world.environment), "--only-cache")
    assert (done.code, "0 built, 4 from caches" in done.out) == (0, True), done
    assert set(installed_anywhere(world)) <= hashes
    assert tool(world) == "42 hello\n"
    assert world.run("verify", str(world.environment)).code == 0
    status = world.run("status", str(world.environment))
    assert status.out.startswith("unknown: source, recipes: "), status  # a lock without a record
    asked = ["ldd", str(world.store / "views" / "tiny" / "bin" / "tiny-tool")]
    assert str(world.store) in subprocess.run(asked, capture_output=True, text=True, check=True).stdout


def installed_anywhere(world: World) -> dict[str, str]:
    """Find the database below the padding, if there is any."""
    (index,) = world.store.glob("install/**/.spack-db/index.json")
    return installed(world, index)


def test_a_cache_serves_stores_at_shorter_paths(at: At) -> None:
    origin = at("origin")
    assert origin.run("build", str(origin.environment)).code == 0
    assert_moved(at("s"), set(installed_anywhere(origin)))


def test_a_longer_path_without_padding_is_one_message_that_says_what_to_do(at: At, tmp_path: Path) -> None:
    origin = at("here")
    assert origin.run("build", str(origin.environment)).code == 0
    far = at("longer-than-here")
    done = far.run("build", str(far.environment))
    assert done.code == 1, done
    said, hint = done.err.splitlines()[-2:]
    assert said == (
        "sygaldry: Spack rejected packages of a build cache: tiny-log was built in "
        f"{tmp_path}/here/store/install and cannot move to {far.store}/install, which is longer"
    )
    assert hint.startswith("  hint: keep the store at /opt/spack_store everywhere, or build with padded_length")
    # Nothing half moved is taken for installed, and what the hint says works.
    assert "tiny-log" not in installed(far).values()
    done = far.run("build", str(far.environment), "--no-cache")
    assert (done.code, "4 built" in done.out) == (0, True), done
    assert tool(far) == "42 hello\n"


def test_a_padded_store_moves_to_shorter_and_to_longer_paths(at: At) -> None:
    padding = ", padded_length: 256"
    origin = at("here", padding)
    built = origin.run("build", str(origin.environment))
    assert (built.code, "[5/5] installed" in built.err) == (0, True), built
    assert (origin.store / "install" / "__spack_path_placeholder__").is_dir()
    hashes = set(installed_anywhere(origin))
    assert_moved(at("s"), hashes)
    assert_moved(at("longer-than-here"), hashes)
    assert_moved(at("longer-padded", padding), hashes)
