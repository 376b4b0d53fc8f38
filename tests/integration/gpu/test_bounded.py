"""No probe may hold its asker up."""

import os
import sys
import time

import pytest

from sygaldry.host.run_with_timeout import run_with_timeout
from sygaldry.model.command import MISSING, TIMED_OUT, Command


def test_an_answer_comes_back_whole() -> None:
    done = run_with_timeout(Command((sys.executable, "-c", "import sys; print(sys.stdin.read() * 3)"), input="word"))
    assert (done.returncode, done.out) == (0, "wordwordword\n")


def test_what_was_said_before_a_time_out_is_kept() -> None:
    program = "import time; print('first', flush=True); time.sleep(60)"
    started = time.monotonic()
    done = run_with_timeout(Command((sys.executable, "-c", program), timeout_s=1.0))
    assert time.monotonic() - started < 5
    assert (done.returncode, done.out) == (TIMED_OUT, "first\n")
    assert done.err.endswith("no answer within 1 s")


def test_a_child_that_ignores_signals_is_ended_with_its_own_children() -> None:
    program = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
    shell = f"{sys.executable} -c '{program}' & echo $!; wait"
    done = run_with_timeout(Command(("sh", "-c", shell), timeout_s=1.0))
    pid = int(done.out)
    deadline = time.monotonic() + 5
    while _state(pid) not in ("", "Z") and time.monotonic() < deadline:
        pass
    assert _state(pid) in ("", "Z")


def test_a_grandchild_that_keeps_the_pipe_open_is_not_waited_for() -> None:
    started = time.monotonic()
    done = run_with_timeout(Command(("sh", "-c", "sleep 30 & echo done"), timeout_s=20))
    assert (done.returncode, done.out) == (0, "done\n")
    assert time.monotonic() - started < 5


def test_an_endless_answer_is_cut() -> None:
    done = run_with_timeout(Command(("yes",), timeout_s=1.0))
    assert done.returncode == TIMED_OUT
    assert len(done.out) <= 4 * 2**20


def test_a_program_that_is_missing_or_no_program_is_an_answer(tmp_path: object) -> None:
    assert run_with_timeout(Command(("/nowhere/at/all",))).returncode == MISSING
    assert run_with_timeout(Command((str(tmp_path),))).returncode == 126


def _state(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:  # noqa: PTH123 - a file of the kernel
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def test_a_child_that_no_signal_ends_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that sleeps in a driver: the kill has no effect, and waiting for it would last for ever."""
    spared: list[int] = []
    kill = os.killpg
    monkeypatch.setattr("sygaldry.host.run_with_timeout.os.killpg", lambda group, _: spared.append(group))
    started = time.monotonic()
    done = run_with_timeout(Command(("sleep", "60"), timeout_s=1.0))
    assert time.monotonic() - started < 3
    assert done.returncode == TIMED_OUT
    kill(spared[0], 9)
    os.waitpid(spared[0], 0)
