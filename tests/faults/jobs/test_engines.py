"""Jobs in Docker and Podman.

Each on both engines.
"""

from tests.faults.jobs._launched import Project, log_of, told_to_the_end
from tests.faults.jobs._supervised import until


def test_a_job_fails_with_its_own_code(contained: Project) -> None:
    names = contained.run("hello", "for i in 1 2 3; do echo line $i; done; exit 3")
    assert contained.verb("wait", "hello", "--timeout", "60").returncode == 1
    assert " rc=3 " in contained.verb("status", "hello").stdout
    assert contained.verb("tail", "hello", "--lines", "2").stdout == "line 2\nline 3\n"
    assert log_of(names) == b"line 1\nline 2\nline 3\n"
    until(lambda: not contained.containers(), "the container to be removed")


def test_a_killed_container_is_told_as_ended_from_outside(contained: Project) -> None:
    names = contained.run("long", "echo up; sleep 1000")
    contained.up(names)
    (container,) = contained.containers()
    assert contained.ask("kill", container).returncode == 0
    assert contained.verb("wait", "long", "--timeout", "30").returncode == 4
    truth = told_to_the_end(names).truth
    assert (truth.state, truth.code, truth.by) == ("LOST", None, "runner")
    assert "container was ended from outside (exit code 137)" in truth.why
