"""Memory."""

import os
import signal

from tests.faults.jobs._launched import Project, log_of, supervisor_of, told_to_the_end
from tests.faults.jobs._supervised import until

HOG = "python3 -c \"import time; print('up', flush=True); time.sleep({pause}); x = bytearray(400 << 20)\""


def test_a_job_over_its_memory_limit_is_out_of_memory_by_the_machine(contained: Project) -> None:
    names = contained.run("hog", f"{HOG.format(pause=0)}; exit $?", "--memory", "64m")
    truth = told_to_the_end(names).verdict
    assert (truth.state, truth.code, truth.by) == ("OOM", 137, "machine")
    assert "out of memory" in truth.why
    assert log_of(names).startswith(b"up\n"), "the shell may say that its child was killed"
    assert contained.verb("wait", "hog").returncode == 1


def test_a_limit_that_is_set_while_it_runs_counts_too(contained: Project) -> None:
    names = contained.run("late", f"exec {HOG.format(pause=2)}", "--memory", "4g")
    contained.up(names)
    (container,) = contained.containers()
    contained.ask("update", "--memory", "64m", "--memory-swap", "64m", container)
    truth = told_to_the_end(names).verdict
    assert (truth.state, truth.code, truth.by) == ("OOM", 137, "machine")


def test_running_out_of_memory_is_reported_though_the_supervisor_was_killed(contained: Project) -> None:
    names = contained.run("orphan", f"exec {HOG.format(pause=2)}", "--memory", "64m")
    contained.up(names)
    until(lambda: supervisor_of(names), "the supervisor")
    os.kill(supervisor_of(names), signal.SIGKILL)
    truth = told_to_the_end(names).verdict
    assert (truth.state, truth.code, truth.by) == ("OOM", 137, "machine")


def test_a_limit_that_is_not_reached_changes_nothing(contained: Project) -> None:
    names = contained.run("small", "echo up; exit 6", "--memory", "256m")
    truth = told_to_the_end(names).verdict
    assert (truth.state, truth.code) == ("FAILED", 6)


def test_a_sandbox_limits_memory_or_says_that_it_cannot(sandboxed: Project) -> None:
    hungry = "python3 -c \"held = b'x' * (400 << 20)\""
    started = sandboxed.verb("run", "--job", "free", "--memory", "64m", "--", hungry)
    assert started.returncode == 0
    waited = sandboxed.verb("wait", "free", "--timeout", "60")
    if "the sandbox cannot limit memory: --memory 64m is ignored" in started.stderr:
        assert waited.returncode == 0
    else:
        assert waited.returncode == 1, waited.stdout
