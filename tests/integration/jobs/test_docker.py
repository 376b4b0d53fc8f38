"""The same on a real Docker engine: skipped, with the reason, where there is none."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest
from tests.integration.conftest import CHECKOUT, World
from tests.integration.docker.conftest import Engine, docker, engine

__all__ = ["engine"]

pytestmark = pytest.mark.docker
_PATIENCE_S = 30.0
JOB = CHECKOUT / "tools" / "zephyr_job"
Type = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def image(engine: Engine) -> str:
    """Take the base of the Docker tests, which has bash and python3."""
    return engine.base


@pytest.fixture
def job(image: str, new_world: Callable[..., World]) -> Iterator[Type]:
    """Run a verb in a project of its own; what is left of it is removed."""
    world = new_world(SYGALDRY_RUNTIME="docker", SYGALDRY_IMAGE=image, SYGALDRY_PROJECT_ID="jobs-test")
    yield lambda verb, *words: world.run(verb, *words, program=JOB)
    left = docker("ps", "--all", "--quiet", "--filter", "label=dev.sygaldry.project=jobs-test").stdout.split()
    if left:
        docker("rm", "--force", *left)


def test_a_job_in_docker_fails_with_its_own_code(job: Type) -> None:
    started = job("run", "--job", "hello", "--", "sh", "-c", "for i in 1 2 3; do echo line $i; done; exit 3")
    assert started.returncode == 0, started.stderr
    assert job("wait", "--job", "hello", "--timeout", "60").returncode == 1
    assert " rc=3 " in job("status", "hello").stdout
    assert job("tail", "hello", "--lines", "2").stdout == "line 2\nline 3\n"


def test_docker_kill_is_told_as_what_it_was(job: Type) -> None:
    job("run", "--job", "long", "--", "sh", "-c", "echo up; sleep 1000")
    assert job("wait", "long", "--timeout", "4").returncode == 124
    (container,) = docker("ps", "--quiet", "--filter", "label=dev.sygaldry.job=long").stdout.split()
    assert docker("kill", container).returncode == 0
    assert job("wait", "long", "--timeout", "30").returncode == 4
    told = json.loads(job("status", "long", "--json").stdout)["data"]
    assert (told["state"], told["by"]) == ("LOST", "runner")
    assert "container was ended from outside" in told["why"]


def test_stop_ends_a_tree_in_docker(job: Type) -> None:
    job("run", "--job", "tree", "--", "sh", "-c", "setsid sleep 991 & (trap '' TERM; sleep 991) & echo up; sleep 991")
    assert job("wait", "tree", "--timeout", "4").returncode == 124
    assert " state=STOPPED " in job("stop", "tree").stdout
    assert job("wait", "tree").returncode == 3
    # The tree is gone when stop returns; the engine takes another moment to take the emptied container down.
    running = ("ps", "--quiet", "--filter", "label=dev.sygaldry.job=tree", "--filter", "status=running")
    deadline = time.monotonic() + _PATIENCE_S
    while docker(*running).stdout:
        assert time.monotonic() < deadline, "the container still runs"
        time.sleep(0.1)
