"""Runs of jobs that can be hurt; docs/reference/fault-matrix.md is made from the names of the tests beside this."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.faults.jobs._supervised import Start, Supervised


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
