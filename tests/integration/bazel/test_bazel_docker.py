"""The real Bazel in Docker: two launches at once, a killed container, and where Bazel keeps its folders.

SYGALDRY_TEST_BAZEL_IMAGE names another image with Bazel, such as one with a newer version.
"""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.integration.bazel.installed_image import installed_image
from tests.integration.conftest import LAUNCHER, World
from tests.integration.docker.conftest import docker

pytestmark = [pytest.mark.docker, pytest.mark.usefixtures("engine")]


@pytest.fixture
def bazel_in_docker(new_world: Callable[..., World], small: Path) -> World:
    named = os.environ.get("SYGALDRY_TEST_BAZEL_IMAGE", "")
    return new_world(
        SYGALDRY_RUNTIME="docker",
        SYGALDRY_IMAGE=named or installed_image(),
        SYGALDRY_WORKSPACE=str(small),
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
    project = next(bazel_in_docker.root.iterdir())
    cache = project / "bazel_cache"
    assert {"bazel", "disk"} <= {path.name for path in cache.iterdir()}
    assert not (project / "monorepo_home" / ".cache" / "bazel").exists()
    assert {path.stat().st_uid for path in cache.iterdir()} == {os.getuid()}


def test_a_killed_container_leaves_nothing_in_the_way(bazel_in_docker: World) -> None:
    name = f"daily-bazel-{os.getpid()}"
    script = "bazel build //:g && echo built && sleep 600"
    words = [str(LAUNCHER), "-q", "--name", name, "--", "bash", "-c", script]
    environment = bazel_in_docker.environment()
    with subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "built\n"
        beside = bazel_in_docker.run("-q", "--", "bazel", "build", "//:g")
        assert beside.returncode == 0, beside.stderr
        assert "another launch has a Bazel server" in beside.stderr
        assert docker("kill", "--signal", "KILL", name).returncode == 0
    assert first.returncode == 137
    again = bazel_in_docker.run("-q", "--", "bazel", "build", "//:g")
    assert again.returncode == 0, again.stderr
    assert "another launch" not in again.stderr, "the lock of a killed server is free"
