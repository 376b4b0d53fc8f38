"""The same on a real Docker engine: skipped, with the reason, without one or without an image that has python3."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator

import pytest
from tests.integration.conftest import CHECKOUT, World

pytestmark = pytest.mark.docker
JOB = CHECKOUT / "tools" / "zephyr_job"
Type = Callable[..., "subprocess.CompletedProcess[str]"]


def docker(*words: str) -> "subprocess.CompletedProcess[str]":
    """Ask the engine."""
    return subprocess.run(["docker", *words], capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def image() -> str:
    """Find an image that can run a job; nothing is fetched."""
    if not shutil.which("docker") or docker("version").returncode:
        pytest.skip("no Docker engine answers here")
    listed = docker("images", "--format", "{{.Repository}}:{{.Tag}}").stdout.split()
    for name in sorted(each for each in listed if "<none>" not in each):
        probe = ("run", "--rm", "--network=none", "--entrypoint=/bin/bash", name, "-c", "python3 -I -S -c pass")
        if docker(*probe).returncode == 0:
            return name
    pytest.skip("no image with bash and python3 is here")


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
    assert not docker("ps", "--quiet", "--filter", "label=dev.sygaldry.job=tree", "--filter", "status=running").stdout
