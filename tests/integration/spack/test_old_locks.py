"""Locks of older formats, given to the real Spack: what it loads, we read, and a build goes through it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import World
from .test_build import installed

pytestmark = pytest.mark.spack

TOOLCHAIN = ("gcc", "gcc-runtime", "glibc", "compiler-wrapper")


def older(lock: dict[str, Any], version: int) -> dict[str, Any]:
    """Write a lock as Spack 0.18 to 0.23 did: a compiler is a field, and no package of its own."""
    specs = {}
    for key, node in lock["concrete_specs"].items():
        if node["name"] in TOOLCHAIN:
            continue
        needs = [each for each in node.get("dependencies", ()) if each["name"] not in TOOLCHAIN]
        if version < 5:
            needs = [
                {"name": each["name"], "hash": each["hash"], "type": each["parameters"]["deptypes"]} for each in needs
            ]
        kept = {name: each for name, each in node.items() if name not in ("annotations", "dependencies")}
        specs[key] = kept | {"dependencies": needs, "compiler": {"name": "gcc", "version": "12.2.0"}}
    meta = {"file-type": "spack-lockfile", "lockfile-version": version, "specfile-version": version - 1}
    return {"_meta": meta, "spack": {"version": "0.21.2"}, "roots": lock["roots"], "concrete_specs": specs}


@pytest.mark.parametrize("version", [4, 5])
def test_a_lock_of_an_older_spack_is_planned_and_handed_to_spack(
    with_roots: Callable[..., World], version: int
) -> None:
    world = with_roots("tiny-tool")
    path = world.environment / "spack.lock"
    path.write_text(json.dumps(older(json.loads(path.read_text()), version)))
    before = path.read_text()
    status = world.run("status", str(world.environment))
    assert f"format {version}, which Spack 1.1 reads" in status.out
    plan = world.data("build", str(world.environment), "--dry-run")
    assert set(plan["to_build"]) == {"tiny-log@1.0", "tiny-math@1.0", "tiny-tool@1.0"}, plan
    built = world.run("build", str(world.environment))
    assert path.read_text() == before
    # Spack loads it and compiles what needs nothing else; its wrapper, which finds dependencies, is in newer locks.
    assert "has no compiler wrapper among its packages" in built.err
    assert "tiny-log" in installed(world).values()
