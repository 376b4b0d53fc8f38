"""Containers and their clients, killed at random moments.

On both engines; a failure prints the seed that repeats the same moments.
"""

import os
import random
import signal
import time
from functools import partial

from tests.faults.jobs._launched import Project, log_of, processes_with, said, told_to_the_end
from tests.faults.jobs._supervised import until

from sygaldry.flows.job.lookup import inspect_run
from sygaldry.jobs.paths import RunFiles

LINES = "for i in $(seq 40); do echo $i; sleep 0.02; done; exit 9"
PRINTED = b"".join(b"%d\n" % number for number in range(1, 41))


def test_a_container_killed_at_a_random_moment_is_reported_by_what_it_left(
    contained: Project, dice: random.Random
) -> None:
    for number in range(3):
        names = contained.run(f"k{number}", LINES)
        until(lambda: contained.containers("status=running"), "the container to run")
        moment = dice.random() * 1.2
        time.sleep(moment)
        contained.ask("kill", *contained.containers("status=running"))
        truth, log = told_to_the_end(names, f"killed after {moment:.3f} s").verdict, log_of(names)
        assert (truth.state, truth.code) in {("FAILED", 9), ("LOST", None)}, truth
        assert log == PRINTED if truth.code == 9 else PRINTED.startswith(log)
        gone(contained, names)


def test_a_client_killed_at_a_random_moment_started_the_job_or_did_not(contained: Project, dice: random.Random) -> None:
    for number in range(3):
        job = f"c{number}"
        launcher = contained.begin(job, LINES)
        client = partial(client_of, contained, job)
        until(client, "the client")
        moment = dice.random() * 0.4
        time.sleep(moment)
        if pid := client():
            os.kill(pid, signal.SIGKILL)
        launcher.wait()
        context = f"killed {pid} after {moment:.3f} s"
        truth, log = told_to_the_end(contained.newest(job), context).verdict, log_of(contained.newest(job))
        if truth.code is None:
            assert (truth.state, truth.by, log) == ("FAILED", "runner", b""), f"{context}: {truth}"
            assert "did not start it" in truth.why
        else:
            assert (truth.state, truth.code, log) == ("FAILED", 9, PRINTED), f"{context}: {truth}"
        gone(contained, contained.newest(job))


def gone(project: Project, names: RunFiles) -> None:
    """Wait until the engine has no container of the project."""
    deadline = time.monotonic() + 20
    while left := project.containers():
        assert time.monotonic() < deadline, f"{left} of {inspect_run(names).verdict} stay; {said(names)}"
        time.sleep(0.1)


def client_of(project: Project, job: str) -> int:
    """Find the engine's client that starts a job."""
    return next(processes_with(project.engine.encode() + b"\0run\0", b"dev.sygaldry.job=" + job.encode() + b"\0"), 0)
