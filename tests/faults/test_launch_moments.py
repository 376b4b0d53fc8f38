"""A signal at any moment of a launch ends it: nothing goes on, nothing is lost.

SYGALDRY_TEST_MOMENTS sets how many random moments are tried per signal and runtime (8 by default).
"""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.faults.test_launch_sandbox import processes_with, until
from tests.integration.conftest import LAUNCHER, World

_MOMENTS = int(os.environ.get("SYGALDRY_TEST_MOMENTS", "8"))
_PATIENCE_S = 20.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1)


def end_at_random_moments(world: World, workspace: Path, number: signal.Signals, span_s: float) -> None:
    """Start a command that takes long, send the signal after a random time, and expect that all has ended."""
    generator = random.Random(int(number))  # noqa: S311 - moments, not secrets
    for moment in range(_MOMENTS):
        mark = f"{500000 + os.getpid()}.{moment}{int(number):02d}"
        delay = generator.random() * span_s
        process = subprocess.Popen(
            [str(LAUNCHER), "-q", "--workspace", str(workspace), "--", "sleep", mark],
            env=world.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(delay)
        process.send_signal(number)
        try:
            code = process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            pytest.fail(f"{number.name} after {delay:.3f} s was lost")
        # The launcher itself dies of it, or returns what the command, or the engine for it, died of.
        assert code in (-number, 128 + number, 128 + signal.SIGKILL, 130, 125, 1), (number.name, delay, code)
        until(lambda mark=mark: not processes_with(mark), f"the command to end, {number.name} after {delay:.3f} s")  # type: ignore[misc]


@pytest.mark.sandbox
@pytest.mark.parametrize("number", _SIGNALS)
def test_a_signal_at_any_moment_ends_a_launch_in_the_sandbox(
    new_world: Callable[..., World], tmp_path: Path, number: signal.Signals
) -> None:
    world = new_world(SYGALDRY_RUNTIME="sandbox")
    if world.run("-q", "--workspace", str(tmp_path), "--", "true").returncode != 0:
        pytest.skip("no sandbox here")
    end_at_random_moments(world, tmp_path, number, span_s=0.25)
