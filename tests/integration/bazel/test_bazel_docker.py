"""The real Bazel in Docker. It needs an image with Bazel, which takes minutes to make:

    FROM sygaldry/base:bookworm
    RUN mkdir -p /usr/share/man/man1 && apt-get update && apt-get install -y bazel-bootstrap python3

SYGALDRY_TEST_BAZEL_IMAGE names it.
"""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.integration.conftest import LAUNCHER, World
from tests.integration.docker.conftest import docker

pytestmark = pytest.mark.docker


@pytest.fixture
def bazel_in_docker(new_world: Callable[..., World], small: Path) -> World:
    image = os.environ.get("SYGALDRY_TEST_BAZEL_IMAGE", "")
    if not image:
        pytest.skip("no image with Bazel: see tests/integration/bazel/test_bazel_docker.py")
    return new_world(
        SYGALDRY_RUNTIME="docker",
        SYGALDRY_IMAGE=image,
        SYGALDRY_WORKSPACE=str(small),
        SYGALDRY_ENV="BAZEL_REAL=/usr/bin/bazel-4",
        SYGALDRY_TRUST="true",
    )


def test_two_launches_at_once_both_finish_in_docker(bazel_in_docker: World) -> None:
    words = [str(LAUNCHER), "-q", "--", "bazel", "build", "//:g"]
    quiet = subprocess.DEVNULL
    both = [
        subprocess.Popen(
            words, env=bazel_in_docker.environment(), stdin=quiet, stdout=quiet, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=300)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    assert sum("another launch has a Bazel server" in answer for answer in answers) == 1, answers


def test_a_killed_container_leaves_nothing_in_the_way(bazel_in_docker: World) -> None:
    name = f"daily-bazel-{os.getpid()}"
    script = "bazel build //:g && echo built && sleep 600"
    words = [str(LAUNCHER), "-q", "--name", name, "--", "bash", "-c", script]
    environment = bazel_in_docker.environment()
    with subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "built\n"
        assert docker("kill", "--signal", "KILL", name).returncode == 0
    assert first.returncode == 137
    again = bazel_in_docker.run("-q", "--", "bazel", "build", "//:g")
    assert again.returncode == 0, again.stderr
    assert "another launch" not in again.stderr, "the lock of a killed server is free"
