"""A lock without a manifest, given to the real Spack: its own roots and those of the environments that it includes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator

import pytest

from .conftest import REPOSITORY, World
from .test_build import installed

pytestmark = pytest.mark.spack


@pytest.fixture
def recipes_of_the_site(world: World) -> Iterator[None]:
    """Name the tests' recipes where a site does: there is no manifest to name them."""
    path = world.spack / "etc" / "spack" / "site" / "repos.yaml"
    before = path.read_text()
    path.write_text(f"{before}  tiny: {REPOSITORY}/spack_repo/tiny\n")
    yield
    path.write_text(before)


@pytest.mark.usefixtures("recipes_of_the_site")
def test_the_packages_of_an_included_environment_are_installed_without_any_manifest(
    with_roots: Callable[..., World],
) -> None:
    world = with_roots("tiny-tool")
    (world.environment / "spack_src.yaml").unlink()
    (world.environment / "spack.yaml").unlink(missing_ok=True)
    path = world.environment / "spack.lock"
    whole = json.loads(path.read_text())
    log = next(each for each in whole["concrete_specs"].values() if each["name"] == "tiny-log")
    left, own = [log["hash"]], {}
    while left:
        key = left.pop()
        own[key] = whole["concrete_specs"][key]
        left += [each["hash"] for each in own[key].get("dependencies", ())]
    included = {"roots": whole["roots"], "concrete_specs": whole["concrete_specs"]}
    roots = [{"hash": log["hash"], "spec": "tiny-log"}]
    part = whole | {"roots": roots, "concrete_specs": own, "include_concrete": {"/gone/elsewhere": included}}
    path.write_text(json.dumps(part))
    if world.seed.is_dir():  # where Spack's own configuration has its index
        shutil.copytree(world.seed, world.store / "cache" / "user" / "cache")
    assert set(world.data("build", str(world.environment), "--dry-run")["to_build"]) >= {
        "tiny-log@1.0",
        "tiny-tool@1.0",
    }
    keys = world.run("cache", "keys", str(world.environment))
    assert keys.code == 0, keys
    built = world.run("build", str(world.environment))
    assert built.code == 0, built
    assert {"tiny-log", "tiny-math", "tiny-tool"} <= set(installed(world).values())
