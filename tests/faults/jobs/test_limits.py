"""Limits, signals and attempts."""

import os
import signal
import time
from pathlib import Path

from tests.faults.jobs._supervised import UP, Start, wait

from sygaldry.jobs import events


def test_a_time_limit_ends_it_and_says_who(start: Start) -> None:
    run = start(UP + "sleep 600", timeout_s=0.5, grace_s=1)
    assert wait(run) == 6
    assert (run.state, run.seen.by) == ("TIMEOUT", "runner")


def test_an_idle_limit_counts_from_the_last_output(start: Start) -> None:
    run = start("for i in 1 2 3 4 5 6; do echo $i; sleep 0.3; done; sleep 600", idle_timeout_s=1.2, grace_s=1)
    assert wait(run) == 6
    assert run.log.startswith(b"1\n2\n3\n4\n5\n6\n")


def test_silence_is_reported_as_a_stall_and_its_end(start: Start) -> None:
    run = start("echo up; sleep 3; echo again; sleep 1.5", stall_s=1)
    assert wait(run) == 0
    kinds = [each["event"] for each in events.read_events(run.paths.events)]
    assert kinds.index("stall") < kinds.index("resumed")


def test_a_signal_to_the_supervisor_reaches_the_command(start: Start) -> None:
    run = start("trap 'echo got; exit 42' USR1; echo up; while :; do sleep 0.1; done").up()
    os.kill(run.anchor.pid, signal.SIGUSR1)
    assert wait(run) == 1
    assert run.seen.code == 42
    assert run.log.endswith(b"got\n"), "the shell may tell of its own sleep, which got it too"


def test_a_signal_from_outside_that_ends_it_is_reported_as_one_and_not_retried(start: Start) -> None:
    run = start(UP + "exec sleep 600", retries=3).up()
    os.kill(run.anchor.pid, signal.SIGTERM)
    assert wait(run) == 1
    told = events.last(run.paths.events, "exit")
    assert (told["state"], told["rc"], told["by"], told["attempt"]) == ("FAILED", 143, "machine", 1)


def test_retries_keep_each_attempt_and_stop_when_asked_to(start: Start) -> None:
    run = start("echo try; exit 5", retries=2, backoff_s=0.1)
    assert wait(run) == 1
    assert [Path(run.paths.log(number)).read_bytes() for number in (1, 2, 3)] == [b"try\n"] * 3
    assert [each["attempt"] for each in events.read_events(run.paths.events) if each["event"] == "retry"] == [1, 2]


def test_a_wait_is_woken_at_once(start: Start) -> None:
    run = start(UP + "sleep 0.5; date +%s.%N").up()
    assert wait(run) == 0
    woken = time.time()
    assert woken - float(run.log.split()[1]) < 1.5, "the benchmark has the figure; this catches a poll of seconds"
