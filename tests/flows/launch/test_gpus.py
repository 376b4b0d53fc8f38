"""What a launch adds for its GPUs, and when it refuses to start."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT
from tests.unit.gpu.conftest import FIXTURES, facts_of

from sygaldry.config.settings import Settings
from sygaldry.flows.gpu.verdict import GpuGrant, judge_for
from sygaldry.flows.launch import gpus
from sygaldry.flows.launch.gpus import Gpus, _gpus_from_verdict, gpus_for, has_nvidia
from sygaldry.gpu.gate import gate
from sygaldry.gpu.image import ImageFacts
from sygaldry.gpu.passthrough import grant
from sygaldry.model.errors import MachineNotReadyError
from sygaldry.model.value import replace
from sygaldry.model.workspace import Identity, Workspace

WORKSPACE = Workspace(
    name="n", project="p", image="i", argv=("true",), identity=Identity(1, 1), passed=("CUDA_VISIBLE_DEVICES", "LANG")
)


def given(fixture: str, runtime: str = "docker", request: str = "auto") -> GpuGrant:
    facts = facts_of(fixture)
    verdict = gate(facts, ImageFacts(), request)
    return GpuGrant(verdict, grant(verdict, facts, runtime))


def test_a_good_gpu_reaches_the_workspace() -> None:
    workspace = _gpus_from_verdict("auto", given("docker-runtime-only")).added_to(WORKSPACE)
    assert workspace.gpus == ("--runtime=nvidia",)
    assert workspace.environment["NVIDIA_DISABLE_REQUIRE"] == "1"
    assert workspace.passed == ("CUDA_VISIBLE_DEVICES", "LANG")


def test_a_refused_gpu_leaves_the_frameworks_quiet_and_the_callers_variable_behind() -> None:
    gpus = _gpus_from_verdict("auto", given("rtx5090-575"))
    workspace = gpus.added_to(WORKSPACE)
    assert workspace.gpus == ()
    assert workspace.environment["JAX_PLATFORMS"] == "cpu"
    assert workspace.environment["CUDA_VISIBLE_DEVICES"] == ""
    assert workspace.passed == ("LANG",)
    assert gpus.line.startswith("warning: GPU: off (no-kernels: no kernels for sm_120")
    assert gpus.verdict["mode"] == "no-kernels"


def test_an_engine_that_cannot_give_the_gpu_is_told_with_its_remedy() -> None:
    gpus = _gpus_from_verdict("auto", given("docker-without-toolkit"))
    assert gpus.added_to(WORKSPACE).gpus == ()
    assert "nvidia-container-toolkit" in gpus.line


@pytest.mark.parametrize(
    ("fixture", "said"),
    [("rtx5090-575", "no-kernels"), ("driver-mismatch", "two versions"), ("docker-without-toolkit", "no CDI device")],
)
def test_require_refuses_with_the_reason_and_a_way_out(fixture: str, said: str) -> None:
    with pytest.raises(MachineNotReadyError) as caught:
        _gpus_from_verdict("require", given(fixture, request="require"))
    assert said in caught.value.problem
    assert caught.value.hint


def test_require_is_told_inside_so_that_a_validation_there_is_as_strict() -> None:
    assert _gpus_from_verdict("require", given("docker-runtime-only")).environment["SYGALDRY_GPU"] == "require"
    assert "SYGALDRY_GPU" not in _gpus_from_verdict("auto", given("docker-runtime-only")).environment


def test_false_looks_at_nothing() -> None:
    assert gpus_for(replace(Settings(), gpu="false"), "/", "docker").line == "GPU: off (disabled: SYGALDRY_GPU=false)"


def test_a_recorded_machine_is_gpus_from_verdict_as_the_launch_would() -> None:
    found = judge_for(Settings(), CHECKOUT, "sandbox", facts=lambda: facts_of("rtx4090-570"))
    assert (found.verdict.mode, found.grant.way) == ("minor-version", "nodes")


def test_a_snapshot_is_judged_in_place_of_this_machine() -> None:
    snapshot = str(FIXTURES / "rtx4090-570")
    gpus = gpus_for(replace(Settings(), runtime="sandbox"), str(CHECKOUT), "sandbox", recorded=snapshot)
    assert gpus.verdict["mode"] == "minor-version"


@pytest.mark.skipif(has_nvidia(), reason="this machine has an NVIDIA device")
def test_a_machine_without_a_gpu_pays_less_than_a_millisecond_and_no_import() -> None:
    started = time.perf_counter()
    for _ in range(100):
        has_nvidia()
    assert (time.perf_counter() - started) / 100 < 0.001
    program = (
        "import sys; from sygaldry.flows.launch.gpus import gpus_for; from sygaldry.config.settings import Settings\n"
        "print(gpus_for(Settings(), '/', 'docker').line)\n"
        "print([name for name in sys.modules if name.startswith('sygaldry.gpu')])"
    )
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT / "src")}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout == "GPU: off (no-hardware: no NVIDIA GPU on this machine)\n[]\n"


@pytest.mark.parametrize(("node", "there"), [("/dev/null", True), ("/nowhere/at/all", False)])
def test_a_door_or_the_bus_gives_a_gpu_away(monkeypatch: pytest.MonkeyPatch, node: str, there: bool) -> None:
    monkeypatch.setattr(gpus, "_DRIVER_NODES", (node,))
    monkeypatch.setattr(gpus, "_PCI_DEVICES", "/nowhere/at/all")
    assert has_nvidia() is there


def test_a_gpu_whose_driver_is_not_loaded_is_seen_on_the_bus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bus = tmp_path / "devices"
    bus.write_text("0008\t1af41045\t0\n0100\t10de2684\t0\n")
    monkeypatch.setattr(gpus, "_DRIVER_NODES", ())
    monkeypatch.setattr(gpus, "_PCI_DEVICES", str(bus))
    assert has_nvidia()


def test_what_is_said_is_one_line() -> None:
    for fixture in ("docker-runtime-only", "rtx5090-575", "no-gpu", "xid79-one-of-eight"):
        gpus: Gpus = _gpus_from_verdict("auto", given(fixture))
        assert "\n" not in gpus.line


def test_the_architectures_are_those_of_the_environment_that_is_set(tmp_path: Path) -> None:
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / "spack_src.yaml").write_text("spack:\n  specs: [py-torch+cuda cuda_arch=120]\n")
    settings = replace(Settings(), spack_environment="env")
    found = judge_for(settings, str(tmp_path), "docker", facts=lambda: facts_of("rtx5090-575"))
    assert found.verdict.on
    refused = judge_for(settings, str(tmp_path), "docker", facts=lambda: facts_of("rtx4090-570"))
    assert "env/spack_src.yaml" in refused.verdict.advice
