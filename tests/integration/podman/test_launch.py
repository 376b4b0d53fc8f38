"""The promises of a launch, kept by a real podman."""

import os
import subprocess
import time
from pathlib import Path

import pytest
from tests.integration.conftest import LAUNCHER, World
from tests.integration.podman.conftest import ask

pytestmark = [pytest.mark.podman, pytest.mark.slow]

_PATIENCE_S = 20


def containers(podman: World, project: str) -> list[str]:
    """Name the containers of one project that podman still has; other tests have theirs in the same engine."""
    words = ("ps", "--all", "--filter", f"label=dev.sygaldry.project={project}", "--format", "{{.Names}}")
    return ask(podman.variables, "podman", *words).stdout.split()


def test_output_exit_code_stdin_and_arguments_are_the_commands(podman: World) -> None:
    done = podman.run("--", "sh", "-c", "echo ok; exit 37")
    assert (done.stdout, done.returncode) == ("ok\n", 37)
    assert podman.run("--", "cat", stdin="a b\n").stdout == "a b\n"
    words = ["x y", "", "$HOME", "*", "-e"]
    assert podman.run("--", "printf", "%s|", *words).stdout == "x y||$HOME|*|-e|"


def test_a_second_launch_builds_nothing_and_what_is_written_lasts(podman: World, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    script = "id -un; pwd; touch mark ~/mark /opt/spack_store/mark /opt/bazel_cache/mark /config/mark"
    done = podman.run("--", "sh", "-c", script, SYGALDRY_WORKSPACE=str(project))
    assert done.stdout.splitlines() == ["kvothe", "/workspace"]
    assert "building" not in done.stderr
    assert (project / "mark").stat().st_uid == project.stat().st_uid
    again = podman.run("--", "ls", "/home/kvothe/mark", "/opt/spack_store/mark", SYGALDRY_WORKSPACE=str(project))
    assert again.returncode == 0


def test_a_killed_launcher_leaves_no_container(podman: World, tmp_path: Path) -> None:
    project = f"killed-{os.getpid()}"
    (tmp_path / project).mkdir()
    child = subprocess.Popen(
        [str(LAUNCHER), "-q", "--", "sh", "-c", "echo ready; sleep 600"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=podman.environment(SYGALDRY_WORKSPACE=str(tmp_path / project)),
        start_new_session=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    assert containers(podman, project)
    child.kill()
    child.wait()
    child.stdout.close()
    deadline = time.monotonic() + _PATIENCE_S
    while containers(podman, project) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert containers(podman, project) == []
