"""Jobs in Docker and Podman.

Each on both engines.
"""

import os
import signal
import time

from tests.faults.jobs._launched import Project, log_of, supervisor_of, told_to_the_end
from tests.faults.jobs._supervised import until

from sygaldry.flows.job.lookup import inspect_run
from sygaldry.host.boot import boot_id, boottime
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles, new_run


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


def test_what_the_engine_refuses_is_reported_in_its_own_words(contained: Project) -> None:
    names = contained.run("refused", "true", "--engine-option=--no-such-option")
    truth = told_to_the_end(names).verdict
    assert (truth.state, truth.code, truth.by) == ("FAILED", None, "runner")
    assert "--no-such-option" in truth.why


def test_a_killed_container_is_reported_as_ended_from_outside(contained: Project) -> None:
    names = contained.run("long", "echo up; sleep 1000")
    contained.up(names)
    assert contained.ask("kill", only_container(contained)).returncode == 0
    assert contained.verb("wait", "long", "--timeout", "30").returncode == 4
    truth = told_to_the_end(names).verdict
    assert (truth.state, truth.code, truth.by) == ("LOST", None, "runner")
    assert "container was ended from outside (exit code 137)" in truth.why


def test_a_stopped_container_is_reported_as_ended_by_a_signal_from_outside(contained: Project) -> None:
    names = contained.run("stopped", "echo up; exec sleep 1000")
    contained.up(names)
    assert contained.ask("stop", only_container(contained)).returncode == 0
    truth = told_to_the_end(names).verdict
    assert (truth.state, truth.code, truth.by) == ("FAILED", 143, "machine")
    assert "ended by signal 15 from outside" in truth.why


def test_a_container_removed_while_its_job_runs_is_reported_as_removed(contained: Project) -> None:
    names = contained.run("removed", "echo up; sleep 1000")
    contained.up(names)
    at_once = () if contained.engine == "docker" else ("--time=0",)  # podman would send SIGTERM first
    assert contained.ask("rm", "--force", *at_once, only_container(contained)).returncode == 0
    truth = told_to_the_end(names).verdict
    assert (truth.state, truth.code, truth.by) == ("LOST", None, "runner")
    assert "from outside" in truth.why


def test_a_forged_container_name_removes_nothing(contained: Project) -> None:
    image = contained.world.variables["SYGALDRY_IMAGE"]
    told_to_the_end(contained.run("first", "true"))
    bystander = f"sygaldry-bystander-{os.getpid()}"
    try:
        assert contained.ask("create", "--name", bystander, "--network=none", image, "true").returncode == 0
        for name in ("--all", bystander):
            names = RunFiles(str(contained.folder), "forged", new_run(time.time_ns()))
            ledger = events.Events(names.events)
            ledger.append("submitted", 0, runtime=contained.engine, boot_id=boot_id(), host=os.uname().nodename)
            ledger.append("prepared", 0, runtime=contained.engine, container=name, prepared_s=boottime())
            ledger.append("exit", 0, state="FAILED", rc=1, by="job", why="")
        contained.verb("stop", "forged")
        contained.verb("prune", "--job", "forged", "--keep", "0", "--apply")
        assert contained.ask("inspect", "--type", "container", bystander).returncode == 0
    finally:
        contained.ask("rm", "--force", bystander)


def test_pruning_never_touches_a_job_that_runs(contained: Project) -> None:
    names = contained.run("busy", "echo up; until [ -e ~/go ]; do sleep 0.1; done; exit 4")
    contained.up(names)
    pruned = contained.verb("prune", "--keep", "0", "--apply")
    assert (pruned.returncode, pruned.stdout) == (0, "nothing to remove\n")
    assert only_container(contained)
    (contained.world.root / contained.name / "monorepo_home" / "go").touch()
    assert told_to_the_end(names).code == 4


def test_a_container_that_was_made_and_never_started_can_be_stopped(contained: Project) -> None:
    image = contained.world.variables["SYGALDRY_IMAGE"]
    told_to_the_end(contained.run("first", "true"))
    names = RunFiles(str(contained.folder), "made", new_run(time.time_ns()))
    ledger = events.Events(names.events)
    ledger.append("submitted", 0, runtime=contained.engine, boot_id=boot_id(), host=os.uname().nodename)
    container = f"sygaldry-made-{os.getpid()}"
    ledger.append("prepared", 0, runtime=contained.engine, container=container, prepared_s=boottime())
    facts = {"project": contained.name, "kind": "job", "job": "made", "run": names.run}
    labels = [f"--label=dev.sygaldry.{name}={value}" for name, value in facts.items()]
    assert contained.ask("create", "--name", container, *labels, "--network=none", image, "true").returncode == 0
    assert inspect_run(names).state == "START", "the engine may still start it"
    assert " state=STOPPED " in contained.verb("stop", "made").stdout
    until(lambda: not contained.containers(), "the containers to be removed")


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
    until(lambda: inspect_run(names).state == "ORPHANED", "the orphan to be seen")
    truth = told_to_the_end(names).verdict
    assert (truth.state, truth.code, log_of(names)) == ("FAILED", 7, b"up\nend\n")
    until(lambda: not contained.containers(), "the container to be removed")
