"""A launch under a shell with job control: in the background, stopped by Ctrl-Z, and continued."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest
from tests.faults.test_launch_sandbox import processes_with, until
from tests.integration.conftest import LAUNCHER, World

_PROMPT = "PROMPT> "
# The words are broken up, so that the shell's echo of a command is not taken for its output.
_COUNT = 'sh -c "echo u""p; while ! test -e /workspace/go; do sleep 0.2; done; echo e""nd"'


@pytest.fixture(
    params=[pytest.param("docker", marks=pytest.mark.docker), pytest.param("sandbox", marks=pytest.mark.sandbox)]
)
def world(request: pytest.FixtureRequest, new_world: Callable[..., World]) -> World:
    if request.param == "docker":
        made: World = request.getfixturevalue("docker_world")
        assert made.run("-q", "--", "true").returncode == 0
        return made
    return new_world(SYGALDRY_RUNTIME="sandbox")


@pytest.fixture
def shell(world: World, tmp_path: Path) -> "pexpect.spawn[str]":
    """Give an interactive bash; LAUNCH stands for a launch in it."""
    work = tmp_path / "work"
    work.mkdir()
    settings = {"SYGALDRY_WORKSPACE": str(work), "SYGALDRY_QUIET": "1"}
    environment = world.environment(TERM="xterm", PS1=_PROMPT, LAUNCH=str(LAUNCHER), **settings)
    child = pexpect.spawn(
        "bash", ["--norc", "-i"], env=environment, encoding="utf-8", timeout=60, dimensions=(30, 200), cwd=work
    )
    child.expect_exact(_PROMPT)
    return child


def test_a_command_in_the_background_runs_and_prints(shell: "pexpect.spawn[str]") -> None:
    shell.sendline('$LAUNCH -- echo from-the-"background" &')
    shell.expect_exact("from-the-background")
    shell.sendline("wait; jobs; echo left-$(jobs | wc -l)-jobs")
    shell.expect_exact("left-0-jobs")


def test_a_pipeline_is_stopped_continued_and_interrupted(shell: "pexpect.spawn[str]", tmp_path: Path) -> None:
    shell.sendline(f"$LAUNCH -- {_COUNT} | cat")
    shell.expect_exact("up")
    shell.sendcontrol("z")
    shell.expect_exact("Stopped")
    shell.expect_exact(_PROMPT)
    shell.sendline("echo typed-for-the-'shell'")
    shell.expect_exact("typed-for-the-shell")
    shell.sendline("fg")
    (tmp_path / "work" / "go").touch()
    shell.expect_exact("end")
    shell.expect_exact(_PROMPT)


def test_a_stopped_pipeline_stops_the_children_of_its_command(shell: "pexpect.spawn[str]", tmp_path: Path) -> None:
    beats = tmp_path / "work" / "beats"
    child = "while ! test -e /workspace/go; do echo >>/workspace/beats; sleep 0.05; done"
    shell.sendline(f'$LAUNCH -- sh -c \'({child}) & echo u""p; wait; echo e""nd\' | cat')
    shell.expect_exact("up")
    until(lambda: beats.exists() and beats.stat().st_size > 0, "the child to start")
    shell.sendcontrol("z")
    shell.expect_exact("Stopped")
    stopped = beats.stat().st_size
    assert all(beats.stat().st_size == stopped for _ in _moments(10))
    shell.sendline("fg")
    until(lambda: beats.stat().st_size > stopped, "the child to continue")
    (tmp_path / "work" / "go").touch()
    shell.expect_exact("end")


def _moments(count: int) -> Iterator[int]:
    """Yield now and then, over half a second."""
    for moment in range(count):
        time.sleep(0.05)
        yield moment


def test_a_pipeline_that_was_stopped_is_ended_by_control_c(shell: "pexpect.spawn[str]") -> None:
    mark = f"{910000 + os.getpid()}.25"
    shell.sendline(f'$LAUNCH -- sh -c "echo u""p; exec sleep {mark}" | cat')
    shell.expect_exact("up")
    shell.sendcontrol("z")
    shell.expect_exact("Stopped")
    shell.expect_exact(_PROMPT)
    shell.sendline("fg")
    shell.expect_exact("| cat")

    def is_ended() -> bool:
        shell.sendcontrol("c")  # one that comes before the shell has continued the job is the shell's own
        return not processes_with(f"sleep\0{mark}")

    until(is_ended, "the command to end")
    shell.expect_exact(_PROMPT)
    shell.sendline("echo back-in-the-'shell'")
    shell.expect_exact("back-in-the-shell")


def test_a_shell_in_the_background_waits_for_the_foreground(shell: "pexpect.spawn[str]") -> None:
    shell.sendline("$LAUNCH &")
    shell.expect_exact(_PROMPT)
    shell.sendline("fg")
    shell.sendline("echo inside-$HOME; exit 3")
    shell.expect_exact("inside-/home/kvothe")
    shell.expect_exact(_PROMPT)
    shell.sendline("echo code-$?")
    shell.expect_exact("code-3")
