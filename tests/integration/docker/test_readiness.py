"""An engine whose image cannot be had is not ready, and the host's toolchain never takes its place in silence."""

import json
import os
from pathlib import Path

import pytest
from tests.integration.conftest import World

pytestmark = pytest.mark.docker

_NOWHERE = "127.0.0.1:9/nothing:1"


@pytest.fixture
def baseless(docker_world: World) -> World:
    """Give a world whose image would be built on a base that no registry serves."""
    own = {"SYGALDRY_IMAGE": f"sygaldry/baseless-{os.getpid()}:1", "SYGALDRY_BASE_IMAGE": _NOWHERE}
    return World(docker_world.root, {**docker_world.variables, **own})


def test_the_doctor_is_ready_only_for_what_a_launch_does(docker_world: World, baseless: World) -> None:
    done = baseless.sygaldry("doctor", "--json")
    finding = json.loads(done.stdout)["data"]["findings"]["launch"]
    assert (done.returncode, finding["verdict"]) == (4, "problem")
    assert f"docker has no image: {_NOWHERE} cannot be fetched" in finding["summary"]
    assert baseless.run("-q", "--", "true").returncode == 125
    docker_world.run("-q", "--", "true")
    found = json.loads(docker_world.sygaldry("doctor", "--json").stdout)["data"]["findings"]["launch"]
    assert (found["verdict"], found["summary"]) == ("ok", "runs in docker")


def test_an_unreachable_base_is_remembered_and_asked_again_on_demand(baseless: World, tmp_path: Path) -> None:
    world = World(baseless.root, {**baseless.variables, "SYGALDRY_RUNTIME": "auto"})
    (tmp_path / "work").mkdir()
    words = ("--workspace", str(tmp_path / "work"), "-q")
    first = world.run(*words, "--", "echo", "ran")
    assert first.stdout == "ran\n", first.stderr
    assert "warning: the host's toolchain is used, not an image's" in first.stderr, "-q does not hide it"
    (record,) = (world.root / "build_logs" / "unreachable").iterdir()
    earlier = round(record.stat().st_mtime) - 100
    os.utime(record, (earlier, earlier))
    assert " s ago; ask again with --retry-base" in world.run(*words, "--", "true").stderr
    assert record.stat().st_mtime == earlier, "nothing was asked"
    again = world.run("--retry-base", *words, "--", "true")
    assert " s ago" not in again.stderr
    assert record.stat().st_mtime > earlier
