"""What a build says of the packages that are being built, from the stages that are on the disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.install.progress import Progress, workers
from sygaldry.spack.plan import build_plan

ROOT = Path(__file__).parents[4]
BEGAN = 1_000_000.0


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(ROOT / "pkg" / "zephyr", tmp_path)


def stage(environment: Environment, store: Path, name: str, files: dict[str, float]) -> str:
    """Lay a stage as Spack does, its files written so many seconds after the build began."""
    (node,) = environment.lock.named(name)
    folder = store / "stage" / "me" / f"spack-stage-{node.directory}"
    folder.mkdir(parents=True)
    for file, seconds in files.items():
        (folder / file).write_text("")
        os.utime(folder / file, (BEGAN + seconds, BEGAN + seconds))
    os.utime(folder, (BEGAN + max(files.values()), BEGAN + max(files.values())))
    return node.hash


def test_a_worker_is_told_with_its_phase_and_its_time(environment: Environment, tmp_path: Path) -> None:
    stage(
        environment, tmp_path, "ninja", {"spack-build-01-configure-out.txt": 10.0, "spack-build-02-build-out.txt": 50.0}
    )
    (found,) = workers(environment, Store(tmp_path), lambda: BEGAN + 70, BEGAN)
    assert (found.label.partition("@")[0], found.phase, found.seconds) == ("ninja", "build", 60.0)


def test_what_an_earlier_build_left_or_this_one_gave_up_is_not_being_built(
    environment: Environment, tmp_path: Path
) -> None:
    stage(environment, tmp_path, "ccache", {"spack-build-out.txt": -100.0})
    failed = stage(environment, tmp_path, "ninja", {"spack-build-01-build-out.txt": 5.0})
    stage(environment, tmp_path, "git", {"spack-build-01-build-out.txt": 6.0})
    told: list[str] = []
    plan = build_plan(environment.lock, frozenset(), (), {})
    progress = Progress(environment, Store(tmp_path), plan, told.append, lambda: BEGAN + 66, BEGAN, {failed})
    progress.update()
    progress.update()
    (line,) = told
    assert line.startswith("[0/259] building git@")
    assert line.endswith("(build, 1m00s)")
