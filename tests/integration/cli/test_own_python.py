"""What runs beside a user's own python3 does not depend on it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT


@pytest.fixture
def users_python(tmp_path: Path) -> Path:
    """Give a folder of Pythons as a virtual environment has them, which record that they were started."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("python", "python3", "python3.11"):
        (folder / name).write_text(f"#!/bin/sh\necho started >>{tmp_path}/started\nexit 1\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.skipif(not Path("/usr/bin/python3").exists(), reason="this host's own Python is elsewhere")
@pytest.mark.parametrize("program", ["sygaldry", "spack-env-activate"])
def test_a_tool_uses_the_systems_python(users_python: Path, tmp_path: Path, program: str) -> None:
    environment = tmp_path / "environment"
    environment.mkdir()
    words = ["--version"] if program == "sygaldry" else [str(environment)]
    container = CHECKOUT / "container" / "bin"
    variables = {"PATH": f"{users_python}:{container}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    done = subprocess.run(
        [container / program, *words], env=variables, capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert not (tmp_path / "started").exists()
    if program == "sygaldry":
        assert done.returncode == 0, done.stderr
    else:
        assert "is not a Spack environment" in done.stderr, done.stderr


def test_another_python_is_the_last_resort(users_python: Path, tmp_path: Path) -> None:
    """In an image without a system's Python, the one on PATH is better than none."""
    (users_python / "python3").unlink()
    (users_python / "python3").symlink_to(sys.executable)
    text = (CHECKOUT / "container/bin/sygaldry").read_text().replace("/usr/bin/python3", "/nonexistent/python3")
    script = tmp_path / "container" / "bin" / "sygaldry"
    script.parent.mkdir(parents=True)
    (tmp_path / "src").symlink_to(CHECKOUT / "src")
    script.write_text(text.replace("/usr/local/bin/python3", "").replace("/opt/python/bin/python3", ""))
    done = subprocess.run(
        ["/bin/sh", script, "--version"],
        env={"PATH": f"{users_python}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
