"""A signal at any moment of a launch ends it or reaches its command: nothing goes on, nothing is left behind.

SYGALDRY_TEST_MOMENTS sets how many random moments are tried per signal and subject; without it, a few.
"""

import os
import random
import signal
import subprocess
import time

import pytest
from tests.faults.test_launch_sandbox import processes_with, until
from tests.integration.contract.conftest import Subject

pytestmark = pytest.mark.contract
_PATIENCE_S = 30.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1)
_PROJECT = f"moments-{os.getpid()}"
_SPANS: dict[str, float] = {}
_MOMENTS = {"docker": 1, "podman": 1, "apptainer": 1, "sandbox": 4}


@pytest.mark.parametrize("number", _SIGNALS)
def test_a_signal_at_any_moment_ends_a_launch(subject: Subject, number: signal.Signals) -> None:
    generator = random.Random(f"{subject.runtime} {subject.user} {number.name}")  # noqa: S311 - moments, not secrets
    span_s = _span_s(subject)
    for moment in range(int(os.environ.get("SYGALDRY_TEST_MOMENTS", _MOMENTS[subject.runtime]))):
        mark = f"{500000 + os.getpid()}.{moment}{int(number):02d}"
        delay = generator.random() * span_s
        process = subject.start("--project-id", _PROJECT, "--", "sleep", mark)
        time.sleep(delay)
        process.send_signal(number)
        try:
            _, err = process.communicate(timeout=_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            pytest.fail(f"{number.name} after {delay:.3f} s was lost")
        when = f"{number.name} after {delay:.3f} s"
        # The launcher dies of it, or returns what the command died of. Python exits with 1 or 130 where an interrupt
        # meets it before it is ready.
        expected = {-number, 128 + number, *({1, 130} if number is signal.SIGINT else ())}
        assert process.returncode in expected, (when, process.returncode, err)
        until(lambda mark=mark: not processes_with(mark), f"the command to end, {when}")  # type: ignore[misc]
        until(lambda: not subject.image_users(), f"every helper to end, {when}")
    until(lambda: not _containers(subject), "every container to go")


def _span_s(subject: Subject) -> float:
    """Return how long a launch takes until its command runs, and a little more; measured once per subject.

    The first launch is not measured: it makes the user's Python environment, which takes up to half a minute.
    """
    key = f"{subject.runtime}-{subject.user}"
    if key not in _SPANS:
        assert subject.launch("true").returncode == 0
        _SPANS[key] = _measured_span_s(subject)
    return _SPANS[key]


def _measured_span_s(subject: Subject) -> float:
    began = time.monotonic()
    process = subject.start("--project-id", _PROJECT, "--", "echo", "ready")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", process.communicate()
    span_s = time.monotonic() - began
    process.communicate(timeout=_PATIENCE_S)
    return 1.3 * span_s


def _containers(subject: Subject) -> list[str]:
    if subject.runtime not in ("docker", "podman"):
        return []
    words = (subject.runtime, "ps", "--all", "--quiet", "--filter", f"label=dev.sygaldry.project={_PROJECT}")
    done = subprocess.run(
        [*subject.prefix, *words], capture_output=True, text=True, env=subject.environment(), cwd="/", check=True
    )
    return done.stdout.split()
