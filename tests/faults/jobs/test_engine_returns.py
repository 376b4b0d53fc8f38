"""An engine that is away for a moment is asked again where a job may be tried again; one that refuses is not."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.faults.jobs._launched import Project
from tests.integration.conftest import World
from tests.integration.docker.conftest import Engine

from sygaldry.jobs import events

pytestmark = pytest.mark.docker
AWAY = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
REFUSED = "docker: Error response from daemon: invalid reference format."


@pytest.fixture
def project(engine: Engine, new_world: Callable[..., World], tmp_path: Path) -> Callable[[str, int], Project]:
    """Give projects whose client answers `run` with an error so many times, and is the real one after that."""

    def with_client(says: str, times: int) -> Project:
        folder = tmp_path / "bin"
        folder.mkdir()
        script = (
            f'#!/bin/sh\nif [ "$1" = run ] && [ "$(wc -l <{folder}/asked)" -lt {times} ]; then\n'
            f'echo >>{folder}/asked; echo "{says}" >&2; exit 125; fi\nexec {shutil.which("docker")} "$@"\n'
        )
        (folder / "asked").touch()
        (folder / "docker").write_text(script)
        (folder / "docker").chmod(0o755)
        world = new_world(
            SYGALDRY_RUNTIME="docker",
            SYGALDRY_IMAGE=engine.base,
            SYGALDRY_SHM_SIZE="64m",
            PATH=f"{folder}:{os.environ['PATH']}",
        )
        return Project(world, "returns", "docker")

    return with_client


def retries(project: Project, job: str) -> list[events.Event]:
    (ledger,) = project.folder.glob(f"{job}-*/{job}-*.jsonl")
    return [each for each in events.read_events(str(ledger)) if each["event"] == "retry"]


def test_an_engine_that_comes_back_starts_the_job_after_all(project: Callable[[str, int], Project]) -> None:
    away = project(AWAY, 3)  # the first answer is for the look into a foreign image, which leaves it to the start
    assert away.verb("run", "--job", "j", "--retries", "3", "--backoff", "0.1", "--", "true").returncode == 0
    assert away.verb("wait", "j", "--timeout", "60").returncode == 0
    assert [each["kind"] for each in retries(away, "j")] == ["engine", "engine"]


def test_an_engine_that_stays_away_is_reported_in_its_own_words(project: Callable[[str, int], Project]) -> None:
    away = project(AWAY, 99)
    away.verb("run", "--job", "j", "--retries", "1", "--backoff", "0.1", "--", "true")
    assert away.verb("wait", "j", "--timeout", "60").returncode == 1
    told = away.verb("status", "j").stdout
    assert " by=runner " in told
    assert "Cannot connect to the Docker daemon" in told
    assert len(retries(away, "j")) == 1


def test_an_engine_that_refuses_is_not_asked_again(project: Callable[[str, int], Project]) -> None:
    refusing = project(REFUSED, 99)
    refusing.verb("run", "--job", "j", "--retries", "3", "--backoff", "0.1", "--", "true")
    assert refusing.verb("wait", "j", "--timeout", "60").returncode == 1
    assert "invalid reference format" in refusing.verb("status", "j").stdout
    assert retries(refusing, "j") == []


def test_a_stop_while_an_engine_is_away_is_a_stop(project: Callable[[str, int], Project]) -> None:
    away = project(AWAY, 99)
    away.verb("run", "--job", "j", "--retries", "3", "--backoff", "600", "--", "true")
    assert away.verb("wait", "j", "--timeout", "1").returncode == 124
    assert " state=STOPPED " in away.verb("stop", "j").stdout
