"""A bundle with build cache and sources: on a machine without a network, the environment is installed from it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import World
from .test_build import tool
from .test_cache_sources import ALONE

pytestmark = pytest.mark.spack


def sygaldry(world: World, *words: str, alone: bool = False) -> subprocess.CompletedProcess[str]:
    """Run any verb in a world whose project has storage of its own."""
    own = {"SYGALDRY_STORAGE_ROOT": str(world.folder / "storage"), "SYGALDRY_PROJECT_ID": "tiny"}
    return subprocess.run(
        [*(ALONE if alone else ()), sys.executable, "-m", "sygaldry", *words],
        env={**world.variables, **own}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        timeout=1200,
    )  # fmt: skip


def test_an_environment_is_installed_from_a_bundle_without_a_network(
    with_roots: Callable[..., World], tmp_path: Path
) -> None:
    if subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this kernel gives no network namespace to its users")
    cache, sources, bundle = tmp_path / "cache", tmp_path / "sources", tmp_path / "out"
    mirrors = f"mirrors: {{team: {{url: 'file://{cache}', signed: false, autopush: true}}}}"
    world = with_roots("tiny-tool", mirrors=mirrors)
    environment = str(world.environment)
    assert world.run("cache", "sources", environment, "--to", str(sources)).code == 0
    built = world.run("build", environment)
    assert built.code == 0, built
    done = sygaldry(world, "lock", "--no-image")
    assert done.returncode == 0, done.stderr
    words = ("bundle", "create", str(bundle), "--no-image", "--no-wheels", "--sources", str(sources))
    done = sygaldry(world, *words)
    assert done.returncode == 0, done.stderr
    assert "buildcache files" in done.stdout
    assert "source files" in done.stdout

    shutil.rmtree(cache)
    shutil.rmtree(sources)
    shutil.rmtree(world.store / "install")
    shutil.rmtree(world.store / "cache" / "source", ignore_errors=True)
    applied = sygaldry(world, "bundle", "apply", str(bundle), alone=True)
    assert applied.returncode == 0, applied.stderr
    done = sygaldry(world, "env", "build", environment, "--offline", alone=True)
    assert (done.returncode, "0 built, 4 from caches" in done.stdout) == (0, True), done.stdout
    assert tool(world) == "42 hello\n"

    # Without the build cache, the sources of the bundle are enough.
    shutil.rmtree(world.store / "install")
    for name in ("v3", "blobs", "build_cache"):
        shutil.rmtree(world.store / ".sygaldry" / "bundle" / name, ignore_errors=True)
    done = sygaldry(world, "env", "build", environment, "--offline", alone=True)
    assert (done.returncode, "5 built" in done.stdout) == (0, True), done.stdout
