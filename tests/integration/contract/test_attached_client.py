"""What Apptainer starts beside a command ends with it, whichever of our processes is killed, and at any moment."""

import os
import random
import signal
import time
from pathlib import Path

import pytest
from tests.faults.test_launch_sandbox import processes_with, until
from tests.integration.contract.conftest import Subject

pytestmark = pytest.mark.contract
_OUR_SUBJECTS = pytest.mark.parametrize("subject", ["apptainer-root", "apptainer-user"], indirect=True)
_VICTIMS = {"launcher": 0, "reaper": 1, "client": 2}  # generations below the launcher


@_OUR_SUBJECTS
@pytest.mark.parametrize("victim", _VICTIMS)
def test_a_killed_process_leaves_nothing_behind(subject: Subject, victim: str) -> None:
    mark = f"{600000 + os.getpid()}.{_VICTIMS[victim]}"
    process = subject.start("--", "sh", "-c", f"echo ready; exec sleep {mark}")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", process.communicate()
    os.kill(_descendant(process.pid, _VICTIMS[victim]), signal.SIGKILL)
    process.communicate(timeout=30)
    assert process.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
    until(lambda: not processes_with(mark), "the command to end")
    until(lambda: not subject.image_users(), "what serves the image to end")


@_OUR_SUBJECTS
def test_a_launcher_that_is_killed_while_it_starts_leaves_nothing_behind(subject: Subject) -> None:
    moments = random.Random(subject.user)  # noqa: S311 - moments, not secrets
    for _ in range(int(os.environ.get("SYGALDRY_TEST_MOMENTS", "3"))):
        mark = f"{700000 + os.getpid()}.{moments.randrange(10**6)}"
        process = subject.start("--", "sleep", mark)
        delay = moments.random()
        time.sleep(delay)
        process.kill()
        process.communicate(timeout=30)
        until(lambda mark=mark: not processes_with(mark), f"the command to end, {delay:.3f} s")  # type: ignore[misc]
        until(lambda: not subject.image_users(), f"what serves the image to end, {delay:.3f} s")


def _descendant(pid: int, generations: int) -> int:
    for _ in range(generations):
        (pid,) = (int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return pid
