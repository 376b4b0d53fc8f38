"""Build caches with the real Spack: a folder, and what a failed build leaves in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ._round_trip import round_trip
from .conftest import World

pytestmark = pytest.mark.spack

Choose = Callable[..., World]


def test_a_folder_as_a_cache(with_roots: Choose, tmp_path: Path) -> None:
    world = with_roots(
        "tiny-tool", mirrors=f"mirrors: {{team: {{url: 'file://{tmp_path}/mirror', signed: false, autopush: true}}}}"
    )
    round_trip(world)
    # Without its index the cache cannot be trusted to have anything.
    (index,) = (tmp_path / "mirror").glob("v3/manifests/index/index.manifest.json")
    blob = next(path for path in tmp_path.glob("mirror/blobs/sha256/*/*") if path.name in index.read_text())
    blob.write_bytes(b"lies")
    status = world.run("cache", "status", str(world.environment))
    assert (status.code, "does not match its checksum" in status.out) == (1, True)


def test_a_cache_that_cannot_be_pushed_to_costs_no_package_and_is_tried_again(
    with_roots: Choose, tmp_path: Path
) -> None:
    mirrors = f"mirrors: {{team: {{url: 'file://{tmp_path}/mirror', signed: false, autopush: true}}}}"
    world = with_roots("tiny-tool", mirrors=mirrors)
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "blobs").write_text("in the way")
    done = world.run("build", str(world.environment))
    assert (done.code, "5 built" in done.out, "0 failed" in done.out) == (0, True, True), done
    assert "not pushed to team" in done.err
    assert "sygaldry env cache push" in done.err
    (tmp_path / "mirror" / "blobs").unlink()
    again = world.run("build", str(world.environment))
    assert (again.code, ": 0 built" in again.out) == (0, True), again
    assert world.data("cache", "status", str(world.environment))["missing"] == []


def test_a_failed_build_loses_nothing_that_was_built(with_roots: Choose, tmp_path: Path) -> None:
    world = with_roots(
        "tiny-app", mirrors=f"mirrors: {{team: {{url: 'file://{tmp_path}/mirror', signed: false, autopush: true}}}}"
    )
    assert world.run("build", str(world.environment)).code == 1
    status = world.data("cache", "status", str(world.environment))
    assert status["missing"] == ["tiny-app@1.0", "tiny-broken@1.0"]
