"""A Docker daemon stops, dies, comes back.

With a second daemon of the tests' own.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.faults.jobs._daemon import Daemon
from tests.faults.jobs._launched import Project, log_of, parent_of, supervisor_of, told_to_the_end
from tests.faults.jobs._supervised import until
from tests.integration.conftest import World
from tests.integration.docker.conftest import Engine

from sygaldry.flows.job.lookup import inspect_run

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def loaded(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """Give a daemon's folder with an image in it."""
    if os.getuid() != 0 or not (shutil.which("dockerd") and shutil.which("containerd")):
        pytest.skip("a second dockerd needs root, and its programs here")
    daemon = Daemon(Path(tmp_path_factory.mktemp("d")) / "d")
    try:
        try:
            daemon.start()
        except (AssertionError, subprocess.CalledProcessError) as error:
            # A nested container may not; once the first start went well, the later ones have to.
            pytest.skip(f"no second dockerd can be started here: {error}")
        daemon.load(engine.base)
        yield daemon
    finally:
        daemon.end()


@pytest.fixture
def daemon(loaded: Daemon) -> Daemon:
    """Give the daemon at work, whatever the test before did to it."""
    if not loaded.runs:
        loaded.start()
    return loaded


@pytest.fixture
def project(daemon: Daemon, engine: Engine, new_world: Callable[..., World]) -> Project:
    """Give a project whose jobs run in that daemon's containers."""
    world = new_world(
        SYGALDRY_RUNTIME="docker",
        SYGALDRY_IMAGE=engine.base,
        SYGALDRY_NETWORK="none",
        SYGALDRY_SHM_SIZE="64m",
        DOCKER_HOST=daemon.host,
    )
    return Project(world, "daemon", "docker")


@pytest.fixture(autouse=True)
def _here(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks from this process asks that daemon, too."""
    monkeypatch.setenv("DOCKER_HOST", daemon.host)


def test_a_daemon_that_is_stopped_ends_its_jobs_and_they_say_so(project: Project, daemon: Daemon) -> None:
    names = project.run("stopped", "echo up; exec sleep 1000")
    project.up(names)
    daemon.send(signal.SIGTERM)
    truth = told_to_the_end(names).verdict
    assert (truth.state, truth.code, truth.by) == ("FAILED", 143, "machine")
    assert "from outside" in truth.why
    assert project.verb("wait", "stopped").returncode == 1


def test_a_killed_daemon_leaves_the_job_at_work_and_its_exit_code_is_known(project: Project, daemon: Daemon) -> None:
    names = project.run("goes-on", "echo up; while [ ! -e /opt/bazel_cache/go ]; do sleep 0.1; done; echo end; exit 6")
    project.up(names)
    daemon.send(signal.SIGKILL)
    assert daemon.ask("version").returncode != 0, "nobody answers"
    assert "PROGRESS " in project.verb("status", "goes-on").stdout
    assert project.verb("wait", "goes-on", "--timeout", "1").returncode == 124
    (project.folder.parent / "go").touch()
    truth = told_to_the_end(names).verdict
    assert (truth.state, truth.code, log_of(names)) == ("FAILED", 6, b"up\nend\n")
    assert project.verb("wait", "goes-on").returncode == 1


def test_an_engine_that_is_not_reached_is_neither_a_failure_nor_a_success(project: Project, daemon: Daemon) -> None:
    names = project.run("unknown", "echo up; sleep 1000")
    project.up(names)
    daemon.send(signal.SIGKILL)
    os.kill(parent_of(parent_of(supervisor_of(names))), signal.SIGKILL)  # the container's first process
    until(lambda: inspect_run(names).state == "UNKNOWN", "that nobody knows")
    assert "the engine does not answer" in inspect_run(names).why
    assert project.verb("wait", "unknown", "--timeout", "1").returncode == 124
    daemon.start()
    truth = told_to_the_end(names).verdict
    assert (truth.state, truth.by) == ("LOST", "runner")


def test_a_daemon_that_was_killed_and_comes_back_ends_the_job_and_it_says_so(project: Project, daemon: Daemon) -> None:
    names = project.run("back", "echo up; exec sleep 1000")
    project.up(names)
    daemon.send(signal.SIGKILL)
    assert inspect_run(names).state == "PROGRESS"
    daemon.start()
    truth = told_to_the_end(names).verdict
    assert (truth.state, truth.code, truth.by) in {("FAILED", 143, "machine"), ("LOST", None, "runner")}
    assert "from outside" in truth.why
