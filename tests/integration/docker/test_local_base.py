"""The real Docker: a launch without the default base uses the CUDA base that was made on this host."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.conftest import World

from sygaldry.config.settings import DEFAULT_IMAGE

from .conftest import Engine, docker


@pytest.fixture
def cuda_base(engine: Engine) -> Iterator[str]:
    """Give the plain base under the name of a CUDA base, as if it had been made here."""
    name = f"sygaldry/cuda:13.0.2-test{os.getpid()}"
    docker("tag", engine.base, name)
    yield name
    docker("rmi", name)


def test_a_launch_without_the_default_base_uses_the_cuda_base_of_this_host(
    docker_world: World, engine: Engine, cuda_base: str, tmp_path: Path
) -> None:
    chosen = {"SYGALDRY_BASE_IMAGE", "SYGALDRY_IMAGE", "SYGALDRY_TOOLCHAINS"}
    variables = {key: each for key, each in docker_world.variables.items() if key not in chosen}
    world = World(tmp_path / "root", {**variables, "SYGALDRY_OFFLINE": "true"})
    records = world.root / "build_logs" / "images"
    words = ("--runtime", "docker", "-q", "--", "sh", "-c", "echo in; command -v python3")
    before = world.run(*words)
    assert before.returncode == 125, before.stdout
    assert f"the image {DEFAULT_IMAGE} is" in before.stderr
    records.mkdir(parents=True)
    identity = engine.identity(cuda_base).removeprefix("sha256:")
    (records / f"docker-{identity}.json").write_text(json.dumps({"name": cuda_base, "build": ""}))
    done = world.run(*words)
    assert done.stdout.splitlines()[0] == "in", done.stderr
    (line,) = (each for each in done.stderr.splitlines() if "is not here (--offline)" in each)
    assert f"using {cuda_base}, the CUDA base of this host" in line
    planned = json.loads(world.run("--dry-run", "--json", "--runtime", "docker", "--", "true").stdout)["data"]
    assert (planned["image"], planned["builds_image"]) == (cuda_base, False)
    assert world.run(*words, SYGALDRY_IMAGE="sygaldry/mine:1").returncode == 125, "a chosen image wins"
