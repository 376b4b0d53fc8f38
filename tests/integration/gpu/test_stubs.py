"""The real nvidia-ml-py and a real loader against drivers that play a scenario."""

import importlib.util
import time
from collections.abc import Callable

import pytest
from tests.integration.gpu.conftest import Drivers

from sygaldry.flows.gpu.collect import collect
from sygaldry.gpu.facts import read
from sygaldry.gpu.recording import Recording
from sygaldry.gpu.unknown import Unknown, known
from sygaldry.host.run_with_timeout import run_with_timeout
from sygaldry.model.command import Command, Completed

Play = Callable[[str], Drivers]

needs_nvml = pytest.mark.skipif(
    importlib.util.find_spec("pynvml") is None, reason="nvidia-ml-py is not installed (pip install nvidia-ml-py)"
)


def _collected(drivers: Drivers, *probes: str) -> Recording:
    def run(command: Command) -> Completed:
        return run_with_timeout(command, drivers.environment(LC_ALL="C"))

    return collect(probes, run=run, environment=drivers.environment())


@needs_nvml
def test_two_healthy_gpus_are_read_through_nvml(drivers: Play) -> None:
    facts = read(_collected(drivers("driver=570.86.15\ncuda=12080\ncount=2\ngpu.1.mig=1\ngpu.1.mig_devices=3"), "nvml"))
    nvml = known(facts.nvml)
    assert (nvml.code, nvml.driver, nvml.cuda, len(nvml.gpus)) == (0, "570.86.15", (12, 8), 2)
    first, second = nvml.gpus
    assert (first.name, first.capability, first.brand, first.mig) == ("NVIDIA H100 80GB HBM3", (9, 0), 14, None)
    assert (first.remapped, first.recovery, first.processes) == ((0, 0, 0, 0), 0, ())
    assert (second.mig, second.mig_devices) == ((1, 1), 3)


@needs_nvml
def test_one_lost_gpu_does_not_hide_the_seven_others(drivers: Play) -> None:
    gpus = known(read(_collected(drivers("count=8\ngpu.3.lost=15"), "nvml")).nvml).gpus
    assert [gpu.error for gpu in gpus] == [0, 0, 0, 15, 0, 0, 0, 0]
    assert gpus[4].capability == (9, 0)


@needs_nvml
@pytest.mark.parametrize("code", [4, 9, 18, 999])
def test_a_failure_to_start_nvml_keeps_its_code(drivers: Play, code: int) -> None:
    assert known(read(_collected(drivers(f"init={code}"), "nvml")).nvml).code == code


@needs_nvml
def test_a_missing_libcuda_is_told_apart_from_a_missing_nvml(drivers: Play) -> None:
    nvml = known(read(_collected(drivers("cuda_code=12"), "nvml")).nvml)
    assert (nvml.code, nvml.cuda, nvml.cuda_code) == (0, None, 12)


@needs_nvml
def test_pending_rows_processes_and_advice_are_read(drivers: Play) -> None:
    scenario = "gpu.remap_pending=1\ngpu.pid=4242\ngpu.recovery=2\ngpu.ecc_pending=0\ngpu.compute_mode=3"
    (gpu,) = known(read(_collected(drivers(scenario), "nvml")).nvml).gpus
    assert gpu.remapped == (0, 0, 1, 0)
    assert gpu.processes == ((4242, 2**30),)
    assert (gpu.recovery, gpu.ecc, gpu.compute_mode) == (2, (1, 0), 3)


@needs_nvml
def test_a_driver_that_hangs_is_left_behind_and_told(drivers: Play) -> None:
    def impatient(command: Command) -> Completed:
        return run_with_timeout(Command(command.argv, timeout_s=1.0), drivers("hang=nvmlInit").environment())

    started = time.monotonic()
    facts = read(collect(("nvml",), run=impatient))
    assert time.monotonic() - started < 5
    assert isinstance(facts.nvml, Unknown)
    assert facts.trouble["nvml"] == "no answer within 1 s"


@pytest.mark.parametrize("code", [34, 46, 100, 101, 214, 304, 802, 803, 804, 999])
def test_every_way_in_which_cuda_can_fail_to_start_keeps_its_code(drivers: Play, code: int) -> None:
    cuda = known(read(_collected(drivers(f"cu_init={code}\ncuda=12080"), "cuda")).cuda)
    assert (cuda.code, cuda.version, cuda.devices) == (code, (12, 8), -1)
    assert cuda.loaded.endswith("/libcuda.so.1")


def test_cuda_that_starts_counts_its_devices(drivers: Play) -> None:
    assert drivers("count=4").ask("cuda")["devices"] == 4


def test_nvml_is_not_asked_through_a_compatibility_folder(drivers: Play) -> None:
    made = drivers("")
    variables = {**made.environment(), "LD_LIBRARY_PATH": "/usr/local/cuda/compat:/usr/local/cuda/lib64/stubs"}

    def run(command: Command) -> Completed:
        return run_with_timeout(command, variables)

    answer = collect(("nvml",), run=run).commands["nvml"]
    assert answer.code in (0, 3)
    assert '"code": 0' not in answer.out
