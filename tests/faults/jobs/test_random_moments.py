"""Killed at random moments.

The moments are random in every run of the tests; a failure prints the seed that repeats them.
"""

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults.jobs._launched import told_to_the_end
from tests.faults.jobs._supervised import Start, Supervised

SCRIPT = "for i in 1 2 3 4 5 6; do echo $i; sleep 0.05; done; exit 9"
PRINTED = b"1\n2\n3\n4\n5\n6\n"
ROUNDS = 6
Kill = Callable[[Supervised], int]


def hurt(start: Start, folder: Path, dice: random.Random, victim: Kill) -> tuple[Supervised, bool]:
    """Kill one process of a run at a random moment of its life, perhaps before it is there or when it has gone."""
    run = start(SCRIPT, folder=folder)
    time.sleep(dice.random() * 0.6)
    pid = victim(run)
    if pid:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pid = 0
    told_to_the_end(run.paths, f"killed {pid}")
    run.assert_whole()
    return run, bool(pid)


def test_a_killed_supervisor_never_costs_the_log_or_the_code(start: Start, tmp_path: Path, dice: random.Random) -> None:
    for number in range(ROUNDS):
        run, killed = hurt(start, tmp_path / str(number), dice, Supervised.supervisor)
        truth, log = run.seen.verdict, run.log
        if killed and not log:
            assert truth.state == "LOST", "killed before it started anything"
        else:
            assert (truth.state, truth.code, log) == ("FAILED", 9, PRINTED)


def test_a_killed_shell_ends_the_command_and_is_reported(start: Start, tmp_path: Path, dice: random.Random) -> None:
    for number in range(ROUNDS):
        run, killed = hurt(start, tmp_path / str(number), dice, Supervised.shim)
        truth, log = run.seen.verdict, run.log
        assert (truth.state, truth.code) in ([("FAILED", 9), ("FAILED", 137)] if killed else [("FAILED", 9)])
        assert log == PRINTED if truth.code == 9 else PRINTED.startswith(log)


def test_a_killed_command_is_reported_by_its_signal(start: Start, tmp_path: Path, dice: random.Random) -> None:
    for number in range(ROUNDS):
        run, killed = hurt(start, tmp_path / str(number), dice, Supervised.command)
        truth, log = run.seen.verdict, run.log
        assert (truth.state, truth.code) in ([("FAILED", 9), ("FAILED", 137)] if killed else [("FAILED", 9)])
        assert log == PRINTED if truth.code == 9 else PRINTED.startswith(log)


def test_a_killed_anchor_leaves_the_job_to_its_supervisor(start: Start, tmp_path: Path, dice: random.Random) -> None:
    for number in range(ROUNDS):
        run, _ = hurt(start, tmp_path / str(number), dice, lambda run: run.anchor.pid)
        truth, log = run.seen.verdict, run.log
        if truth.state == "LOST":
            assert log == b"", "killed before it had a supervisor"
        else:
            assert (truth.state, truth.code, log) == ("FAILED", 9, PRINTED)
