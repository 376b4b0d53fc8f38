"""Drivers without hardware: stub libraries made by gcc, and a fake machine around the whole command line."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.integration.conftest import CHECKOUT

STUBS = Path(__file__).parent / "stubs"
PROGRAMS = CHECKOUT / "src" / "sygaldry" / "gpu" / "programs"


@dataclass(frozen=True)
class Drivers:
    """A folder with both stub libraries and the scenario they play."""

    folder: Path
    scenario: Path

    def environment(self, **more: str) -> dict[str, str]:
        return {
            **os.environ,
            "LD_LIBRARY_PATH": str(self.folder),
            "STUB_DRIVER_SCENARIO": str(self.scenario),
            **more,
        }

    def ask(self, program: str) -> dict[str, Any]:
        """Run one of Sygaldry's own programs against the stubs."""
        done = subprocess.run(
            [sys.executable, "-I", str(PROGRAMS / f"{program}.py")],
            capture_output=True,
            text=True,
            env=self.environment(),
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        table: dict[str, Any] = json.loads(done.stdout)
        return table


@pytest.fixture(scope="session")
def stub_libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed; it builds the stub drivers")
    folder = tmp_path_factory.mktemp("stubs")
    for name, library in (("nvml", "libnvidia-ml.so.1"), ("cuda", "libcuda.so.1")):
        command = ["gcc", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-O1"]
        subprocess.run(
            [*command, f"-Wl,-soname,{library}", "-o", str(folder / library), str(STUBS / f"{name}.c")], check=True
        )
    return folder


@pytest.fixture
def drivers(stub_libraries: Path, tmp_path: Path) -> Callable[[str], Drivers]:
    """Make drivers that play a scenario of `key=value` lines."""

    def made(scenario: str) -> Drivers:
        path = tmp_path / "scenario"
        path.write_text(scenario)
        return Drivers(stub_libraries, path)

    return made
