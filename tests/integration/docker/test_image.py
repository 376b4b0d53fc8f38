"""The image is built when it is needed, once, and nothing half-made is ever left."""

import signal
import subprocess
import time
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT, LAUNCHER, SYGALDRY, World
from tests.integration.docker.conftest import Engine, docker

from sygaldry.image.command import started_containers

pytestmark = pytest.mark.docker
_PATIENCE_S = 30.0


def leftovers(world: World) -> list[str]:
    """List the containers that builds of this storage left; their host names carry the ids of builds."""
    marks = {each for log in logs(world) for each in started_containers(log.read_text().splitlines())}
    known = docker("ps", "--all", "--quiet").stdout.split()
    return [each for each in known if each in marks] + [str(each) for each in world.root.rglob("*.log.build")]


def logs(world: World) -> list[Path]:
    return sorted((world.root / "build_logs").glob("*.log"))


def test_touch_builds_nothing_and_a_changed_version_does_and_says_why(own_image: World, engine: Engine) -> None:
    name = own_image.variables["SYGALDRY_IMAGE"]
    first = own_image.run("--", "echo", "ok")
    assert (first.stdout, first.returncode) == ("ok\n", 0), first.stderr
    assert f"building {name} with docker (there is none)" in first.stderr
    before = engine.identity(name)

    (CHECKOUT / "container" / "dev_container.dockerfile").touch()
    touched = own_image.run("--", "echo", "ok")
    assert "image:" not in touched.stderr
    assert engine.identity(name) == before

    status = own_image.sygaldry("image", "status", BAZEL_VERSION="7.1.0")
    assert status.returncode == 1
    assert "BAZEL_VERSION changed from 6.4.0 to 7.1.0" in status.stdout
    changed = own_image.run("--", "echo", "ok", BAZEL_VERSION="7.1.0")
    assert changed.stdout == "ok\n"
    assert "BAZEL_VERSION changed from 6.4.0 to 7.1.0" in changed.stderr
    assert engine.identity(name) not in ("", before)
    assert docker("image", "inspect", before).returncode != 0, "the image it replaced is gone"
    assert len(logs(own_image)) == 2
    assert not list((own_image.root / "build_logs").glob(".context*"))


def test_two_launches_at_once_build_once(own_image: World) -> None:
    both = [
        subprocess.Popen(
            [str(LAUNCHER), "--", "echo", "ok"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=own_image.environment(),
        )
        for _ in range(2)
    ]
    ended = [(*process.communicate(timeout=120), process.returncode) for process in both]
    assert [(out, code) for out, _, code in ended] == [("ok\n", 0), ("ok\n", 0)], ended
    assert len(logs(own_image)) == 1


def test_a_failing_build_says_why_and_leaves_nothing(own_image: World, engine: Engine) -> None:
    done = own_image.run(
        "--",
        "true",
        SYGALDRY_TOOLCHAINS="python",
        PYTHON_VERSION="3.99",  # neither packaged nor pinned
    )
    assert done.returncode == 125
    assert "the image could not be built: python 3.99 is not pinned" in done.stderr
    assert "the whole log: " in done.stderr
    assert leftovers(own_image) == []
    assert engine.identity(own_image.variables["SYGALDRY_IMAGE"]) == ""
    assert own_image.run("-q", "--", "echo", "ok").stdout == "ok\n", "the next run starts clean"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_build_leaves_nothing(own_image: World, engine: Engine, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [str(SYGALDRY), "image", "build", "--force", "--toolchains", "uv"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=own_image.environment(),
    )
    assert process.stderr is not None
    assert any("installing base" in line for line in process.stderr), "the build runs"
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == {signal.SIGINT: 130, signal.SIGTERM: 1, signal.SIGKILL: -9}[number]
    if number == signal.SIGKILL:  # nobody was left to clean up; the next build does
        assert own_image.sygaldry("image", "build").returncode == 0
    deadline = time.monotonic() + _PATIENCE_S
    while left := leftovers(own_image):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)
    assert bool(engine.identity(own_image.variables["SYGALDRY_IMAGE"])) == (number == signal.SIGKILL)
    assert not list((own_image.root / "build_logs").glob(".context*"))


def test_a_base_that_cannot_be_fetched_is_an_error_for_docker_and_no_obstacle_for_auto(own_image: World) -> None:
    own_image = World(own_image.root, {**own_image.variables, "SYGALDRY_BASE_IMAGE": "localhost:9/no/such:1"})
    done = own_image.run("--", "true")
    assert done.returncode == 125
    assert "the base image localhost:9/no/such:1 cannot be fetched" in done.stderr
    assert "sygaldry image base" in done.stderr
    auto = own_image.run("--", "echo", "ok", SYGALDRY_RUNTIME="auto")
    assert auto.stdout == "ok\n", auto.stderr
    assert "docker: the base localhost:9/no/such:1 cannot be fetched" in auto.stderr


def test_an_image_that_is_not_ours_is_used_as_it_is_and_never_touched(own_image: World, engine: Engine) -> None:
    name = own_image.variables["SYGALDRY_IMAGE"]
    docker("tag", engine.base, name)
    assert own_image.run("-q", "--", "echo", "ok").stdout == "ok\n"
    assert engine.identity(name) == engine.identity(engine.base)
    assert "not made by Sygaldry" in own_image.sygaldry("image", "build").stderr
    assert "foreign" in own_image.sygaldry("image", "status", "--json").stdout


def test_only_what_is_ours_is_removed(own_image: World, engine: Engine, tmp_path: Path) -> None:
    foreign = f"{own_image.variables['SYGALDRY_IMAGE']}-foreign"
    (tmp_path / "root").mkdir()
    tar = subprocess.run(["tar", "-C", str(tmp_path / "root"), "-c", "."], capture_output=True, check=True).stdout
    subprocess.run(["docker", "import", "-", foreign], input=tar, capture_output=True, check=True)
    refused = own_image.sygaldry("image", "rm", foreign)
    assert refused.returncode == 1
    assert engine.identity(foreign)
    docker("rmi", foreign)
    assert own_image.sygaldry("image", "build").returncode == 0
    assert own_image.sygaldry("image", "rm").returncode == 0
    assert engine.identity(own_image.variables["SYGALDRY_IMAGE"]) == ""
    assert own_image.sygaldry("image", "rm").returncode == 3
