"""The real Apptainer with small images that nothing can run in; skipped, with the reason, where there is none."""

import os
import shutil
from pathlib import Path

import pytest
from tests.integration.conftest import World


@pytest.fixture
def apptainer(tmp_path: Path) -> World:
    """Give a world whose runtime is Apptainer, with a home of its own."""
    program = os.environ.get("SYGALDRY_TEST_APPTAINER", "") or shutil.which("apptainer") or ""
    if not program:
        pytest.skip("no apptainer; .ci/apptainer FOLDER installs one, SYGALDRY_TEST_APPTAINER names it")
    home = tmp_path / "home"
    home.mkdir()
    path = f"{Path(program).parent}:{os.environ['PATH']}"
    return World(tmp_path / "storage", {"PATH": path, "HOME": str(home), "SYGALDRY_RUNTIME": "apptainer"})
