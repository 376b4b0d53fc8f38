"""Killed at random moments."""

import os
import random
import signal
import time
from pathlib import Path

from tests.faults.jobs._supervised import Start, wait


def test_a_killed_supervisor_at_a_random_moment_never_costs_the_log_or_the_code(start: Start, tmp_path: Path) -> None:
    for number in range(8):
        run = start("for i in 1 2 3 4 5 6; do echo $i; sleep 0.05; done; exit 9", folder=tmp_path / str(number)).up(
            b"1"
        )
        time.sleep(random.random() * 0.3)  # noqa: S311 - a moment, not a secret
        if pid := run.supervisor():
            os.kill(pid, signal.SIGKILL)
        assert wait(run) == 1
        assert (run.seen.truth.code, run.log) == (9, b"1\n2\n3\n4\n5\n6\n")
        run.assert_whole()
