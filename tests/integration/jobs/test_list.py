"""A list tells what is true of each job, also where only an engine could say, and does not hang on a silent one."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from tests.integration.conftest import CHECKOUT, World

from sygaldry.host.boot import boot_id
from sygaldry.jobs.events import Events
from sygaldry.jobs.paths import RunFiles

JOB = CHECKOUT / "tools" / "zephyr_job"
RUN = "20261122T050908230Z"


def left_behind(world: World, job: str) -> None:
    """Leave the ledger of a run in a container whose runner was killed."""
    folder = world.root / "demo" / "bazel_cache" / "zephyr_jobs"
    folder.mkdir(parents=True, exist_ok=True)
    ledger = Events(RunFiles(str(folder), job, RUN).events)
    ledger.append("submitted", 0, boot_id=boot_id(), host=os.uname().nodename, runtime="docker")
    ledger.append("prepared", 0, runtime="docker", container=f"sygaldry-{job}")
    ledger.append("started", 0)


def docker(folder: Path, script: str) -> str:
    """Put a client of this test's own on PATH, which writes down that it was asked."""
    folder.mkdir()
    (folder / "docker").write_text(f"#!/bin/sh\necho asked >>{folder}/asked\n{script}\n")
    (folder / "docker").chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def listed(world: World) -> dict[str, str]:
    done = world.run("list", "--project-id", "demo", "--json", program=JOB)
    return {each["job"]: each["state"] for each in json.loads(done.stdout)["data"]["jobs"]}


def test_a_silent_engine_is_asked_once_and_its_jobs_are_unknown(
    new_world: Callable[..., World], tmp_path: Path
) -> None:
    world = new_world(PATH=docker(tmp_path / "bin", "echo 'Cannot connect to the Docker daemon' >&2; exit 1"))
    for job in ("a", "b", "c"):
        left_behind(world, job)
    assert listed(world) == dict.fromkeys("abc", "UNKNOWN")
    assert (tmp_path / "bin" / "asked").read_text() == "asked\n"


def test_an_engine_that_answers_tells_each_job(new_world: Callable[..., World], tmp_path: Path) -> None:
    world = new_world(PATH=docker(tmp_path / "bin", 'echo \'{"Status":"exited","Running":false,"ExitCode":137}\''))
    for job in ("a", "b"):
        left_behind(world, job)
    assert listed(world) == dict.fromkeys("ab", "LOST")
