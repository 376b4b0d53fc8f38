"""An environment that stays: up, exec, ps, logs, stop and down, in the real sandbox."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
from tests.faults.test_launch_sandbox import processes_with, until
from tests.integration.conftest import SYGALDRY, World

pytestmark = pytest.mark.sandbox


@pytest.fixture
def place(sandbox: World, tmp_path: Path) -> Iterator[World]:
    """Give a world with a workspace of its own, whose environment is down afterwards."""
    workspace = tmp_path / "work"
    (workspace / "sub").mkdir(parents=True)
    world = World(sandbox.root, {**sandbox.variables, "SYGALDRY_WORKSPACE": str(workspace)})
    yield world
    world.sygaldry("down")


def state(world: World) -> list[str]:
    return [each["state"] for each in json.loads(world.sygaldry("ps", "--json").stdout)["data"]["environments"]]


def is_sleep(pid: int) -> bool:
    """Return whether a process is the command itself, and not a launcher of it."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"sleep\0")
    except OSError:
        return False


def test_commands_run_in_an_environment_that_is_up(place: World) -> None:
    before = place.sygaldry("exec", "--", "true")
    assert before.returncode == 125
    assert "hint: start it: sygaldry up" in before.stderr
    assert place.sygaldry("up").returncode == 0
    assert place.sygaldry("exec", "--", "id", "-un").stdout == "kvothe\n"
    done = place.sygaldry("exec", "--", "sh", "-c", "cat; echo err >&2; exit 7", stdin="out\n")
    assert (done.stdout, done.stderr, done.returncode) == ("out\n", "err\n", 7)
    assert place.sygaldry("exec", "--", "no-such-program").returncode == 127
    words = ["x y", "", "$HOME", "-e", "--", "a\nb", "ü"]
    assert place.sygaldry("exec", "--", "printf", "%s|", *words).stdout == "|".join(words) + "|"
    assert state(place) == ["running"]
    assert "started" in place.sygaldry("logs").stdout


def test_what_one_command_leaves_the_next_one_finds(place: World) -> None:
    place.sygaldry("up")
    place.sygaldry("exec", "--", "sh", "-c", "echo here > /tmp/note")
    assert place.sygaldry("exec", "--", "cat", "/tmp/note").stdout == "here\n"
    assert place.sygaldry("stop").returncode == 0
    assert state(place) == ["stopped"]
    assert place.sygaldry("exec", "--", "true").returncode == 125
    place.sygaldry("up")
    assert place.sygaldry("exec", "--", "cat", "/tmp/note").returncode == 1
    assert place.sygaldry("down").returncode == 0
    assert state(place) == []


def test_two_callers_at_once_start_one_environment(place: World) -> None:
    environment = place.environment()
    words = [str(SYGALDRY), "up"]
    both = [subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    lines = sorted(process.communicate(timeout=60)[0] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert lines == ["project work is already up (sandbox)\n", "project work is up (sandbox)\n"]


def test_a_command_has_the_privileges_of_a_launch(place: World) -> None:
    script = "grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status; ls -d /opt/* /proc/1/root/etc/shadow 2>&1 | sort"
    place.sygaldry("up")
    inside = place.sygaldry("exec", "--", "sh", "-c", script)
    assert inside.stdout == place.sygaldry("launch", "-q", "--", "sh", "-c", script).stdout


def test_signals_reach_the_command_and_a_killed_caller_ends_it(place: World, tmp_path: Path) -> None:
    place.sygaldry("up")
    mark = f"{400000 + time.monotonic_ns() % 100000}.5"
    words = [str(SYGALDRY), "exec", "--", "sleep", mark]
    for stop, code in ((subprocess.Popen.terminate, 143), (subprocess.Popen.kill, -9)):
        process = subprocess.Popen(words, env=place.environment(), cwd=tmp_path)
        until(lambda: any(is_sleep(pid) for pid in processes_with(mark)), "the command to start")
        stop(process)
        assert process.wait(20) == code
        until(lambda: not processes_with(mark), "the command to end")


def test_a_terminal_has_its_size_and_job_control(place: World) -> None:
    place.sygaldry("up")
    child = pexpect.spawn(
        str(SYGALDRY), ["exec"], env=place.environment(TERM="xterm"), dimensions=(30, 100), encoding="utf-8", timeout=20
    )
    child.expect_exact("sandbox:work")
    child.sendline("stty size")
    child.expect_exact("30 100")
    mark = f"{300000 + time.monotonic_ns() % 100000}.5"
    child.sendline(f"sleep {mark}")
    until(lambda: bool(processes_with(mark)), "the job in the foreground")
    child.sendcontrol("z")
    child.expect("Stopped")
    child.sendline("kill -9 %1")
    until(lambda: not processes_with(mark), "the job to end")
    child.sendline("until ! jobs %1; do sleep 0.1; done; exit 5")  # with a job that it takes for stopped, it stays
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 5


def test_an_idle_environment_ends_and_a_busy_one_does_not(place: World) -> None:
    place.sygaldry("up", "--idle", "2")
    assert place.sygaldry("exec", "--", "sleep", "3.5").returncode == 0
    until(lambda: state(place) == ["stopped"], "the environment to end")
    assert "idle for 2 s" in place.sygaldry("logs").stdout


def test_a_killed_keeper_is_noticed_and_the_environment_starts_again(place: World) -> None:
    place.sygaldry("up")
    place.sygaldry("exec", "--", "sh", "-c", "kill -9 $PPID")
    until(lambda: state(place) == ["stopped"], "the environment to end")
    assert place.sygaldry("up").returncode == 0
    assert place.sygaldry("exec", "--", "true").returncode == 0


def test_what_is_fixed_at_the_start_is_refused(place: World) -> None:
    place.sygaldry("up")
    done = place.sygaldry("exec", "--memory", "1g", "--", "true")
    assert done.returncode == 125
    assert "--memory applies when the environment starts" in done.stderr


def test_a_launch_joins_the_environment_that_is_up(place: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(place.variables["SYGALDRY_WORKSPACE"]) / "sub")
    assert place.run("-q", "--join", "--", "test", "-e", "/tmp/joined").returncode == 1
    place.sygaldry("up")
    place.sygaldry("exec", "--", "touch", "/tmp/joined")
    assert place.run("-q", "--join", "--", "test", "-e", "/tmp/joined").returncode == 0
    assert place.run("-q", "--", "test", "-e", "/tmp/joined").returncode == 1
    assert place.run("-q", "--join", "--", "pwd").stdout == "/workspace/sub\n"
