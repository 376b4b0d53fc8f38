"""Whatever happens to a launch in Docker, the command hears of it and no container is left."""

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest
from tests.faults.test_launch_sandbox import until
from tests.integration.conftest import LAUNCHER, World
from tests.integration.docker.conftest import docker

pytestmark = pytest.mark.docker
_PATIENCE_S = 20


def containers(workspace: Path) -> list[str]:
    """List the containers of a workspace's project, running or not."""
    project = f"label=dev.sygaldry.project={workspace.name}"
    return docker("ps", "--all", "--quiet", "--filter", project).stdout.split()


@pytest.fixture
def started(docker_world: World, tmp_path: Path) -> Callable[[str], "subprocess.Popen[bytes]"]:
    """Give what starts a script in a container and waits until it says that it runs."""
    assert docker_world.run("-q", "--workspace", str(tmp_path), "--", "true").returncode == 0

    def start(script: str) -> "subprocess.Popen[bytes]":
        with (tmp_path / "out").open("wb") as output:
            process = subprocess.Popen(
                [str(LAUNCHER), "-q", "--workspace", str(tmp_path), "--", "bash", "-c", script],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=docker_world.environment(),
            )
        until((tmp_path / "ready").exists, "the command to start")
        return process

    return start


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_reaches_the_command_which_cleans_up(
    started: Callable[[str], "subprocess.Popen[bytes]"], tmp_path: Path, number: signal.Signals
) -> None:
    name = number.name.removeprefix("SIG")
    process = started(f"trap 'echo cleaned; exit 42' {name}; touch ready; while :; do sleep 0.1; done")
    process.send_signal(number)
    assert process.wait(_PATIENCE_S) == 42
    assert (tmp_path / "out").read_text() == "cleaned\n"
    until(lambda: not containers(tmp_path), "the container to go")


def test_a_killed_launcher_leaves_no_container(
    started: Callable[[str], "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    process = started("trap '' TERM HUP INT; touch ready; while :; do sleep 0.1; done")
    assert len(containers(tmp_path)) == 1
    process.kill()
    process.wait(_PATIENCE_S)
    until(lambda: not containers(tmp_path), "the container to go")


def test_control_c_on_a_terminal_lets_the_command_clean_up(docker_world: World, tmp_path: Path) -> None:
    words = ["-q", "--workspace", str(tmp_path), "--", "bash", "-c"]
    script = "trap 'stty size; echo cleaned; exit 9' INT; echo up; while :; do sleep 0.1; done"
    child = pexpect.spawn(
        str(LAUNCHER),
        [*words, script],
        env=docker_world.environment(TERM="xterm"),
        dimensions=(30, 100),
        encoding="utf-8",
        timeout=60,
    )
    child.expect_exact("up")
    child.setwinsize(40, 120)
    child.sendcontrol("c")
    child.expect_exact("cleaned")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 9
    until(lambda: not containers(tmp_path), "the container to go")
