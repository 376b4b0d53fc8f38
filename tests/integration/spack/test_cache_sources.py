"""Mirrors of sources with the real Spack: gathered here, built from where there is no network at all."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from .conftest import World
from .test_build import tool

pytestmark = pytest.mark.spack

Choose = Callable[..., World]

ALONE = ("unshare", "--user", "--map-root-user", "--net")


@pytest.fixture
def sourced(with_roots: Choose, tmp_path: Path) -> Callable[..., World]:
    """Choose roots; the tarballs are a copy, which may be taken away."""

    def choose(*specs: str, mirrors: str = "mirrors:: {}") -> World:
        world = with_roots(*specs, mirrors=mirrors)
        sources = tmp_path / "origin"
        if not sources.exists():
            shutil.copytree(world.sources, sources)
        return replace(world, sources=sources)

    return choose


def test_a_site_without_any_network_builds_from_the_mirror(sourced: Choose, tmp_path: Path) -> None:
    if subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this kernel gives no network namespace to its users")
    folder = tmp_path / "sources"
    world = sourced("tiny-tool")
    plan = world.data("cache", "sources", str(world.environment), "--to", str(folder), "--dry-run")
    assert "tiny-math@1.0" in plan["wanted"]
    assert not folder.exists()
    done = world.run("cache", "sources", str(world.environment), "--to", str(folder))
    assert done.code == 0, done
    shutil.rmtree(world.sources)
    shutil.rmtree(world.store / "cache" / "source", ignore_errors=True)
    mirror = f"mirrors: {{sources: {{url: 'file://{folder}', source: true, binary: false}}}}"
    world = sourced_again(world, mirror)
    built = subprocess.run(
        [*ALONE, *world.argv, "build", str(world.environment)],
        env=world.variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=1200, check=False,
    )  # fmt: skip
    assert (built.returncode, "5 built" in built.stdout) == (0, True), built
    assert tool(world) == "42 hello\n"


def sourced_again(world: World, mirror: str) -> World:
    """Name the mirror in the manifest; the lock stays."""
    world.write_manifest(("tiny-tool",), mirror)
    return world


def test_what_is_there_is_not_fetched_again(sourced: Choose, tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    world = sourced("tiny-tool")
    assert world.data("cache", "sources", str(world.environment), "--to", str(folder))["added"] > 0
    shutil.rmtree(world.sources)
    shutil.rmtree(world.store / "cache" / "source", ignore_errors=True)
    plan = world.data("cache", "sources", str(world.environment), "--to", str(folder), "--dry-run")
    assert {"tiny-log@1.0", "tiny-math@1.0", "tiny-tool@1.0"} <= set(plan["there"])
    again = world.data("cache", "sources", str(world.environment), "--to", str(folder))
    assert (again["added"], again["failed"]) == (0, {})


def test_what_cannot_be_fetched_is_told_with_its_reason_and_the_rest_is_there(sourced: Choose, tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    world = sourced("tiny-tool", "tiny-missing")
    done = world.run("cache", "sources", str(world.environment), "--to", str(folder))
    assert done.code == 1
    assert "failed: tiny-missing@1.0: " in done.out
    assert "run the same command again" in done.err
    assert list(folder.glob("tiny-math/tiny-math-1.0*"))


def test_nothing_is_bootstrapped_where_there_is_no_network(world: World) -> None:
    if subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this kernel gives no network namespace to its users")
    misc = f"config:misc_cache:{world.store}/cache/misc"
    told = subprocess.run(
        [*ALONE, world.spack / "bin" / "spack", "--color", "never", "-c", misc, "bootstrap", "status"],
        env=world.variables | world.spack_variables, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=1200, check=False,
    )  # fmt: skip
    assert (told.returncode, told.stdout.count("[PASS]")) == (0, 2), told
    assert not (world.folder / "bootstrap").exists()
