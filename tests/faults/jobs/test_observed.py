"""The observer beside the supervisor may be missing, silent or killed: the job does not notice."""

import os
import signal
from pathlib import Path

import pytest
from tests.faults.jobs._supervised import UP, Start, Supervised, child, until, wait
from tests.integration.conftest import CHECKOUT

from sygaldry.flows.job.wait import WaitOptions, job_wait
from sygaldry.jobs import events

_PROGRAM = f"import sys; sys.path[:0] = ['{CHECKOUT}/src']; from sygaldry.jobs.observe import main; main()"
OBSERVE = ["-I", "-S", "-c", _PROGRAM, "FOLDER", "JOB", "RUN", "ATTEMPT", "BEGAN"]
BUILD = 'for i in 1 2 3 4 5 6 7 8; do echo "[$i/80] Building $i.o"; sleep 0.3; done; '
ERROR = "echo \"a.cc:3:1: error: unknown type name 'foo'\"; "


def building_until(go: Path) -> str:
    """Return a script's words that print steps of a build until a file is there."""
    return f'{UP}i=1; until [ -e "{go}" ]; do echo "[$i/80] Building $i.o"; i=$((i + 1)); sleep 0.2; done; '


def observed(start: Start, go: Path, then: str, *observe: str) -> Supervised:
    """Start a command whose observer has read its first lines before it goes on with `then`."""
    run = start(building_until(go) + then, observe=list(observe) or OBSERVE).up()
    until(lambda: "phase" in kinds(run), "the observer to read the log")
    go.touch()
    return run


def kinds(run: Supervised) -> list[str]:
    return [each["event"] for each in events.read_events(run.paths.events)]


def observer(run: Supervised) -> int:
    """Return the pid of the observer, 0 while there is none."""
    return child(run.anchor.pid, b"sygaldry.jobs.observe")


def news(run: Supervised, on: str, timeout_s: float = 20) -> tuple[int, dict[str, object]]:
    """RetryDecision as `job wait --on` does."""
    report = job_wait(run.paths.folder, ("j",), WaitOptions(on=on, timeout_s=timeout_s))
    found = report.data["news"]
    assert isinstance(found, dict)
    return report.exit_code, found.get("j", {})


def test_a_phase_and_the_first_error_wake_who_waits_for_them(start: Start) -> None:
    run = start(BUILD + ERROR + "sleep 600", observe=OBSERVE, grace_s=1)
    code, phase = news(run, "phase")
    assert (code, phase["phase"], phase["tool"]) == (0, "build", "ninja")
    code, error = news(run, "error")
    assert (code, error["text"], run.state) == (10, "a.cc:3:1: error: unknown type name 'foo'", "PROGRESS")
    assert news(run, "error") == (code, error), "an error holds until the attempt has ended"
    assert news(run, "stall", 0.5) == (124, {}), "nothing of this happened"
    run.assert_whole()


def test_a_line_about_an_error_is_no_verdict(start: Start, tmp_path: Path) -> None:
    run = observed(start, tmp_path / "go", ERROR + "exit 0")
    assert wait(run) == 0
    assert "error" in kinds(run)
    again = observed(start, tmp_path / "again", ERROR + "exit 0")
    assert news(again, "error") == (0, {}), "what the good run printed too is no news"


def test_the_last_line_before_the_end_is_still_read(start: Start, tmp_path: Path) -> None:
    run = observed(start, tmp_path / "go", "printf 'x.c:1:1: error: no end'; exit 2")
    assert wait(run) == 1
    assert "error" in kinds(run)
    assert kinds(run)[-1] == "exit"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_killed_or_frozen_observer_costs_its_news_and_nothing_else(start: Start, tmp_path: Path, number: int) -> None:
    run = start(building_until(tmp_path / "go") + ERROR + "exit 7", observe=OBSERVE).up()
    until(lambda: observer(run), "the observer to begin")
    os.kill(observer(run), number)
    (tmp_path / "go").touch()
    assert wait(run) == 1
    assert run.seen.code == 7
    until(lambda: run.anchor.poll() is not None, "everything to end")
    run.assert_whole()


def test_an_observer_is_none_of_the_job_and_ends_with_it(start: Start) -> None:
    run = start(UP + "trap 'echo got; exit 3' USR1; while :; do sleep 0.1; done", observe=OBSERVE).up()
    until(lambda: observer(run), "the observer to begin")
    pid = observer(run)
    os.kill(run.anchor.pid, signal.SIGUSR1)
    assert wait(run) == 1
    assert b"got" in run.log
    until(lambda: not Path(f"/proc/{pid}").exists(), "the observer to end")


def test_a_killed_supervisor_takes_its_observer_with_it(start: Start, tmp_path: Path) -> None:
    run = start(building_until(tmp_path / "go") + "exit 9", observe=OBSERVE).up()
    until(lambda: observer(run), "the observer to begin")
    pid = observer(run)
    os.kill(run.supervisor(), signal.SIGKILL)
    until(lambda: not Path(f"/proc/{pid}").exists(), "the observer to end")
    (tmp_path / "go").touch()
    assert wait(run) == 1
    assert (run.state, run.seen.code) == ("FAILED", 9)


@pytest.mark.parametrize(
    "program",
    [
        "import sys; sys.exit(3)",
        "print('no json'); print('{}'); print('{\"event\": \"exit\"}')",
        "print('x' * 9000000)",
    ],
)
def test_an_observer_that_lies_or_fails_is_not_believed(start: Start, program: str) -> None:
    run = start(UP + "sleep 2; exit 4", observe=["-I", "-S", "-c", program]).up()
    assert wait(run) == 1
    assert run.seen.code == 4
    assert set(kinds(run)) <= {"submitted", "started", "progress", "at-failure", "exit"}


def test_an_observer_cannot_name_what_is_not_its_to_say(start: Start, tmp_path: Path) -> None:
    program = """print('{"event": "phase", "phase": "p", "durable": 1, "offset": -3, "seq": 9}', flush=True); input()"""
    run = observed(start, tmp_path / "go", "exit 4", "-I", "-S", "-c", program)
    assert wait(run) == 1
    phase, ended = (events.last(run.paths.events, kind) for kind in ("phase", "exit"))
    assert (phase["phase"], phase["offset"] >= 0, "durable" in phase) == ("p", True, False)
    assert (ended["seq"], "orphaned" in ended) == (phase["seq"] + 2, False), "the supervisor has lived to the end"


def test_a_secret_in_the_log_is_not_in_the_ledger(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_TOKEN", "hunter2-and-more")
    run = observed(start, tmp_path / "go", "echo 'error: bad token hunter2-and-more'")
    assert wait(run) == 0
    assert "error" in kinds(run)
    assert b"hunter2" in run.log, "the log is the command's own words"
    kept = [Path(run.paths.events).read_text(), Path(run.paths.status).read_text()]
    assert not any("hunter2" in text for text in kept)
