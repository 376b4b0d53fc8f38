"""An environment that stays, in a real Docker engine."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.test_launch_sandbox import processes_with, until
from tests.integration.conftest import SYGALDRY, World
from tests.integration.docker.conftest import docker

pytestmark = pytest.mark.docker


@pytest.fixture
def place(docker_world: World, tmp_path: Path) -> Iterator[World]:
    """Give a world with a workspace of its own, whose environment is down afterwards."""
    workspace = tmp_path / "work"
    (workspace / "sub").mkdir(parents=True)
    world = World(docker_world.root, {**docker_world.variables, "SYGALDRY_WORKSPACE": str(workspace)})
    yield world
    world.sygaldry("down", "--grace", "1")


def environments(world: World) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(world.sygaldry("ps", "--json").stdout)["data"]["environments"]
    return found


def is_sleep(pid: int) -> bool:
    """Return whether a process is the command itself, and not a launcher of it."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"sleep\0")
    except OSError:
        return False


def test_commands_run_in_a_container_that_is_up(place: World) -> None:
    both = [
        subprocess.Popen([str(SYGALDRY), "up"], env=place.environment(), stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    lines = sorted(process.communicate(timeout=120)[0] for process in both)
    assert lines == ["project work is already up (docker)\n", "project work is up (docker)\n"]
    done = place.sygaldry("exec", "--env", "A=1,2", "--", "sh", "-c", 'cat; id -un; echo "$A"; exit 7', stdin="in\n")
    assert (done.stdout, done.returncode) == ("in\nkvothe\n1,2\n", 7), done.stderr
    assert "started" in place.sygaldry("logs").stdout
    (name,) = {each["name"] for each in environments(place)}
    assert place.sygaldry("stop", "--grace", "5").returncode == 0
    assert [each["state"] for each in environments(place)] == ["stopped"]
    assert place.sygaldry("exec", "--", "true").returncode == 125
    assert place.sygaldry("down").returncode == 0
    assert environments(place) == []
    assert docker("container", "inspect", name).returncode != 0


def test_a_login_of_the_caller_shows_in_no_answer_about_a_container_that_is_up(place: World) -> None:
    login = {"https_proxy": "http://me:hidden-login@127.0.0.1:9"}
    assert place.sygaldry("up", **login).returncode == 0
    argv = [str(SYGALDRY), "exec", "--", "sh", "-c", 'ls /run/sygaldry; echo "$https_proxy"; sleep 60']
    (name,) = {each["name"] for each in environments(place)}
    with subprocess.Popen(argv, stdout=subprocess.PIPE, env=place.environment(**login)) as child:
        assert child.stdout is not None
        assert child.stdout.readline().decode() == f"{login['https_proxy']}\n", "and the file of secrets is gone"
        container = json.loads(docker("container", "inspect", name).stdout)[0]
        answers = [json.dumps(container)]
        for each in container["ExecIDs"]:
            request = ["curl", "-s", "--unix-socket", "/var/run/docker.sock", f"http://docker/exec/{each}/json"]
            answers.append(subprocess.run(request, capture_output=True, text=True, check=True).stdout)
        showing = processes_with("hidden-login")
        child.terminate()
    assert len(answers) > 1
    assert "hidden-login" not in "".join(answers)
    assert not showing


def test_a_signal_reaches_the_command_inside(place: World) -> None:
    place.sygaldry("up")
    mark = f"{200000 + time.monotonic_ns() % 100000}.5"
    process = subprocess.Popen([str(SYGALDRY), "exec", "--", "sleep", mark], env=place.environment())
    until(lambda: any(is_sleep(pid) for pid in processes_with(mark)), "the command to start")
    process.terminate()
    assert process.wait(20) == 143
    until(lambda: not processes_with(mark), "the command to end")


def test_an_image_that_changed_meanwhile_is_reported_with_the_reason(place: World, tmp_path: Path) -> None:
    image = f"sygaldry/test-up-{tmp_path.parent.name}:1"
    docker("tag", place.variables["SYGALDRY_IMAGE"], image)
    world = World(place.root, {**place.variables, "SYGALDRY_IMAGE": image})
    try:
        assert world.sygaldry("up").returncode == 0
        changed = subprocess.run(
            ["docker", "build", "--quiet", "--tag", image, "-"],
            input=f"FROM {image}\nLABEL changed=yes\n", text=True, capture_output=True, check=False,
        )  # fmt: skip
        assert changed.returncode == 0, changed.stderr
        assert f"{image} was built anew since it started" in world.sygaldry("ps").stderr
        done = world.sygaldry("exec", "--", "true")
        assert done.returncode == 0
        assert "sygaldry down && sygaldry up" in done.stderr
    finally:
        world.sygaldry("down", "--grace", "1")
        docker("rmi", "--force", image)
