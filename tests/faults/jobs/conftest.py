"""Runs of jobs that can be hurt; docs/reference/fault-matrix.md is made from the names of the tests beside this."""

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.faults.jobs._launched import Project
from tests.faults.jobs._supervised import Start, Supervised
from tests.integration.conftest import World


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start supervised runs in a folder of their own; none outlives the test."""
    started: list[Supervised] = []

    def begin(script: str, *, folder: Path = tmp_path / "jobs", **more: Any) -> Supervised:
        started.append(Supervised(folder, script, **more))
        return started[-1]

    yield begin
    for each in started:
        each.end()


@pytest.fixture
def dice() -> random.Random:
    """Throw moments; a test that failed tells its seed, and SYGALDRY_TEST_SEED throws the same again."""
    seed = os.environ.get("SYGALDRY_TEST_SEED") or str(time.time_ns() % 1_000_000)
    sys.stdout.write(f"the same moments again: SYGALDRY_TEST_SEED={seed}\n")
    return random.Random(seed)  # noqa: S311 - moments, not secrets


def _named(*runtimes: str) -> list[Any]:
    return [pytest.param(name, marks=getattr(pytest.mark, name)) for name in runtimes]


@pytest.fixture(params=_named("sandbox"))
def sandboxed(request: pytest.FixtureRequest, new_world: Callable[..., World]) -> Iterator[Project]:
    """Give a project whose jobs run in the sandbox."""
    yield from _project(request, new_world)


@pytest.fixture(params=_named("docker", "podman"))
def contained(request: pytest.FixtureRequest, new_world: Callable[..., World]) -> Iterator[Project]:
    """Give a project whose jobs run in the containers of an engine."""
    yield from _project(request, new_world)


@pytest.fixture(params=_named("sandbox", "docker", "podman"))
def project(request: pytest.FixtureRequest, new_world: Callable[..., World]) -> Iterator[Project]:
    """Give a project on every runtime in turn."""
    yield from _project(request, new_world)


def _project(request: pytest.FixtureRequest, new_world: Callable[..., World]) -> Iterator[Project]:
    settings = _SETTINGS[request.param](request)
    world = new_world(**settings, SYGALDRY_RUNTIME=request.param, SYGALDRY_SHM_SIZE="64m")
    project = Project(world, f"faults-{os.getpid()}", "" if request.param == "sandbox" else request.param)
    yield project
    project.clean()


def _on_podman(request: pytest.FixtureRequest) -> dict[str, str]:
    found: dict[str, str] = request.getfixturevalue("podman_engine")
    return {"CONTAINERS_CONF": found["CONTAINERS_CONF"], "SYGALDRY_IMAGE": found["SYGALDRY_BASE_IMAGE"]}


def _in_sandbox(request: pytest.FixtureRequest) -> dict[str, str]:
    request.getfixturevalue("sandbox")  # skips where there is none
    return {}


_SETTINGS: dict[str, Callable[[pytest.FixtureRequest], dict[str, str]]] = {
    "sandbox": _in_sandbox,
    "docker": lambda request: {"SYGALDRY_IMAGE": request.getfixturevalue("engine").base},
    "podman": _on_podman,
}
