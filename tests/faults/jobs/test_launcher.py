"""Launcher, terminal and runner die."""

import os
import random
import signal
import time
from functools import partial

import pexpect
from tests.faults.jobs._launched import JOB, Project, log_of, parent_of, processes_with, told_to_the_end
from tests.faults.jobs._supervised import until

from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles, runs_of

SCRIPT = "echo a; sleep 0.3; echo b; exit 7"


def assert_ran_or_never_began(names: RunFiles, context: str) -> str:
    """Either it ran to its true end, or it is lost, nothing of it ran and nothing will."""
    truth = told_to_the_end(names, context).verdict
    if truth.state == "LOST":
        assert (log_of(names), truth.by, truth.code) == (b"", "runner", None), context
    else:
        assert (truth.state, truth.code, log_of(names)) == ("FAILED", 7, b"a\nb\n"), f"{context}: {truth}"
    return truth.state


def test_a_launcher_killed_at_a_random_moment_started_a_job_or_none(sandboxed: Project, dice: random.Random) -> None:
    begun = time.monotonic()
    sandboxed.run("measure", "true")
    longest = time.monotonic() - begun
    for number in range(5):
        launcher = sandboxed.begin(f"j{number}", SCRIPT)
        moment = dice.random() * longest
        time.sleep(moment)
        launcher.kill()
        launcher.wait()
        if runs_of(str(sandboxed.folder), f"j{number}"):
            assert_ran_or_never_began(sandboxed.newest(f"j{number}"), f"killed after {moment:.3f} s")
        again = sandboxed.run(f"j{number}", SCRIPT)
        assert told_to_the_end(again).code == 7


def runner_of(job: str, launcher: int) -> int:
    """Find the process that a launcher leaves behind: it has the launcher's words and another parent."""
    words = (b"\0run\0", b"\0--job\0" + job.encode() + b"\0")
    found = (pid for pid in processes_with(*words) if pid != launcher)
    return next((pid for pid in found if parent_of(pid) not in (0, launcher)), 0)


def test_a_killed_runner_never_makes_a_job_look_lost_that_still_runs(project: Project, dice: random.Random) -> None:
    for number in range(4 if project.engine else 6):
        job = f"r{number}"
        launcher = project.begin(job, SCRIPT)
        until(partial(runner_of, job, launcher.pid), "the runner")
        if number % 2:  # while bubblewrap or the engine's client is at work
            until(partial(is_prepared, project, job), "the runtime to be chosen")
        moment = dice.random() * (0.3 if number % 2 else 1.0)
        time.sleep(moment)
        if runner := runner_of(job, launcher.pid):
            os.kill(runner, signal.SIGKILL)
        launcher.wait()
        if project.runs(job):  # the runner may have had no time to make one
            assert_ran_or_never_began(project.newest(job), f"killed after {moment:.3f} s")
        again = project.run(job, SCRIPT)
        assert told_to_the_end(again).code == 7
    if project.engine:
        until(lambda: not project.containers(), "what was left to be removed")


def is_prepared(project: Project, job: str) -> bool:
    return bool(project.runs(job)) and bool(events.last(project.newest(job).events, "prepared"))


def test_a_closed_terminal_leaves_the_job_alone(project: Project) -> None:
    words = ["run", "--project-id", project.name, "--job", "t", "--", "sh", "-c", "echo up; sleep 1; echo end; exit 7"]
    terminal = pexpect.spawn(
        "/bin/sh", ["-c", '"$@"; echo started; sleep 600', "sh", str(JOB), *words], env=project.world.environment()
    )
    terminal.expect_exact("started", timeout=60)
    terminal.close(force=True)  # SIGHUP to the whole session
    names = project.newest("t")
    truth = told_to_the_end(names).verdict
    assert (truth.state, truth.code, log_of(names)) == ("FAILED", 7, b"up\nend\n")
