"""Jobs in Docker and Podman.

Each on both engines.
"""

import os
import random
import signal
import time
from functools import partial

from tests.faults.jobs._launched import Project, log_of, processes_with, supervisor_of, told_to_the_end
from tests.faults.jobs._supervised import until

from sygaldry.flows._jobs import look

LINES = "for i in $(seq 40); do echo $i; sleep 0.02; done; exit 9"
PRINTED = b"".join(b"%d\n" % number for number in range(1, 41))


def only_container(project: Project) -> str:
    """Name the one container of a project."""
    (container,) = project.containers()
    return container


def test_a_job_fails_with_its_own_code_and_leaves_no_container(contained: Project) -> None:
    names = contained.run("hello", "for i in 1 2 3; do echo line $i; done; exit 3")
    assert contained.verb("wait", "hello", "--timeout", "60").returncode == 1
    assert " rc=3 " in contained.verb("status", "hello").stdout
    assert contained.verb("tail", "hello", "--lines", "2").stdout == "line 2\nline 3\n"
    assert log_of(names) == b"line 1\nline 2\nline 3\n"
    until(lambda: not contained.containers(), "the container to be removed")


def test_a_killed_container_is_told_as_ended_from_outside(contained: Project) -> None:
    names = contained.run("long", "echo up; sleep 1000")
    contained.up(names)
    assert contained.ask("kill", only_container(contained)).returncode == 0
    assert contained.verb("wait", "long", "--timeout", "30").returncode == 4
    truth = told_to_the_end(names).truth
    assert (truth.state, truth.code, truth.by) == ("LOST", None, "runner")
    assert "container was ended from outside (exit code 137)" in truth.why


def test_a_stopped_container_is_told_as_ended_by_a_signal_from_outside(contained: Project) -> None:
    names = contained.run("stopped", "echo up; exec sleep 1000")
    contained.up(names)
    assert contained.ask("stop", only_container(contained)).returncode == 0
    truth = told_to_the_end(names).truth
    assert (truth.state, truth.code, truth.by) == ("FAILED", 143, "machine")
    assert "ended by signal 15 from outside" in truth.why


def test_a_container_removed_while_its_job_runs_is_told_as_removed(contained: Project) -> None:
    names = contained.run("removed", "echo up; sleep 1000")
    contained.up(names)
    at_once = () if contained.engine == "docker" else ("--time=0",)  # podman would send SIGTERM first
    assert contained.ask("rm", "--force", *at_once, only_container(contained)).returncode == 0
    truth = told_to_the_end(names).truth
    assert (truth.state, truth.code, truth.by) == ("LOST", None, "runner")
    assert "from outside" in truth.why


def test_pruning_never_touches_a_job_that_runs(contained: Project) -> None:
    names = contained.run("busy", "echo up; sleep 1.5; exit 4")
    contained.up(names)
    pruned = contained.verb("prune", "--keep", "0", "--apply")
    assert (pruned.returncode, pruned.stdout) == (0, "nothing to remove\n")
    assert only_container(contained)
    assert told_to_the_end(names).truth.code == 4


def test_stop_ends_a_tree(contained: Project) -> None:
    names = contained.run("tree", "setsid sleep 991 & (trap '' TERM; sleep 991) & echo up; sleep 991")
    contained.up(names)
    assert " state=STOPPED " in contained.verb("stop", "tree").stdout
    assert contained.verb("wait", "tree").returncode == 3
    until(lambda: not contained.containers(), "the container to be removed")


def test_a_killed_supervisor_leaves_an_orphan_in_the_container_whose_exit_code_still_comes(contained: Project) -> None:
    names = contained.run("orphan", "echo up; sleep 1.5; echo end; exit 7")
    contained.up(names)
    os.kill(supervisor_of(names), signal.SIGKILL)
    until(lambda: look(names).truth.state == "ORPHANED", "the orphan to be seen")
    truth = told_to_the_end(names).truth
    assert (truth.state, truth.code, log_of(names)) == ("FAILED", 7, b"up\nend\n")
    until(lambda: not contained.containers(), "the container to be removed")


def test_a_container_killed_at_a_random_moment_is_told_by_what_it_left(contained: Project, dice: random.Random) -> None:
    for number in range(3):
        names = contained.run(f"k{number}", LINES)
        until(lambda: contained.containers("status=running"), "the container to run")
        moment = dice.random() * 1.2
        time.sleep(moment)
        contained.ask("kill", *contained.containers("status=running"))
        truth, log = told_to_the_end(names, f"killed after {moment:.3f} s").truth, log_of(names)
        assert (truth.state, truth.code) in {("FAILED", 9), ("LOST", None)}, truth
        assert log == PRINTED if truth.code == 9 else PRINTED.startswith(log)
        until(lambda: not contained.containers(), "the container to be removed")


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
        truth, log = told_to_the_end(contained.newest(job), context).truth, log_of(contained.newest(job))
        if truth.code is None:
            assert (truth.state, truth.by, log) == ("FAILED", "runner", b""), f"{context}: {truth}"
            assert "did not start it" in truth.why
        else:
            assert (truth.state, truth.code, log) == ("FAILED", 9, PRINTED), f"{context}: {truth}"
        until(lambda: not contained.containers(), "the container to be removed")


def client_of(project: Project, job: str) -> int:
    """Find the engine's client that starts a job."""
    return next(processes_with(project.engine.encode() + b"\0run\0", b"dev.sygaldry.job=" + job.encode() + b"\0"), 0)
