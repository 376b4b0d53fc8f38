"""A pasted text is judged apart from the machine that it is pasted on, and evidence outranks it."""

from dataclasses import replace

import pytest
from tests.unit.gpu.conftest import recorded

from sygaldry.gpu import checks
from sygaldry.gpu.diagnose import Diagnosis, State, diagnose, judge_text
from sygaldry.gpu.facts import read


def judged(text: str) -> Diagnosis:
    return judge_text(text, checks.every())


def together(machine: str, text: str) -> Diagnosis:
    return diagnose(read(replace(recorded(machine), messages=text)), checks.every())


def ids(diagnosis: Diagnosis) -> list[str]:
    return [finding.check.id for finding in diagnosis.roots]


# Lines of public reports, other than those that the fixtures come from; the first id is the likeliest cause.
REPORTS = {
    "Error 802: system not yet initialized": "fm.down",
    "RuntimeError: CUDA error: system not yet initialized": "fm.down",
    'level=INFO msg="Unable to load cudart library libcuda.so.575: cuda driver library init failure: 3"': "cuda.hmm",
    "Failed to initialize NVML: Unknown Error": "ctr.cgroup-lost",
    'failed to get sandbox runtime: no runtime for "nvidia" is configured': "ctr.cri",
    'Error response from daemon: could not select device driver "" with capabilities: [[gpu]].': "ctr.no-toolkit",
    "nvidia-container-cli: ldcache error: process /usr/sbin/ldconfig failed with error code: 1": "ctr.ldconfig",
    "Error: setting up CDI devices: unresolvable CDI devices nvidia.com/gpu=all": "ctr.cdi-unresolved",
    'error mounting "/usr/lib64/libnvidia-ml.so.550.54.14" to rootfs': "ctr.cdi-stale",
    "pynvml.NVMLError_NoPermission: Insufficient Permissions": "mig.caps",
    "error getting parent memory info: Insufficient Permissions": "mig.caps",
    "        License Status                    : Unlicensed (Restricted)": "vgpu.licence",
    "RuntimeError: CUDA error: CUDA-capable device(s) is/are busy or unavailable": "gpu.compute-mode",
    "[CUDA_ERROR_NOT_PERMITTED] operation not permitted in expression cuMemCreate(&handle, size)": "imex.channels",
    "NVRM: Xid (PCI:0000:4f:00): 119, pid=1, name=x, Timeout after 6s of waiting for RPC response": "gpu.xid119",
    "NVRM: Xid (PCI:0000:4f:00): 62, 1234 0000": "gpu.xid",
    "nvidia-nvswitch0: SXid (PCI:0000:c1:00.0): 12028, Fatal, Link 63": "fm.sxid",
    "AssertionError: Torch not compiled with CUDA enabled": "torch.cpu-build",
    "version `GLIBC_2.38' not found (required by /.singularity.d/libs/libEGL.so.1)": "ctr.host-libs",
    "NvRmMemInitNvmap failed with No such file or directory": "tegra.unsupported",
    "WSL environment detected but no adapters were found": "wsl.nodxg",
    "nvidia-container-cli: container error: failed to add device rules": "ctr.rootless",
    'avc:  denied  { read write } for  comm="python" name="nvidiactl"': "ctr.selinux",
    "cudaErrorInsufficientDriver: CUDA driver version is insufficient for CUDA runtime version": "cuda.old",
}


@pytest.mark.parametrize("text", REPORTS, ids=lambda each: each[:40])
def test_a_line_of_a_public_report_is_recognised(text: str) -> None:
    diagnosis = judged(f"starting\n{text}\nbye\n")
    assert diagnosis.state is State.RECOGNISED
    assert ids(diagnosis)[0] == REPORTS[text]
    assert diagnosis.exit_code in (1, 2)


@pytest.mark.parametrize(
    "text", ["", "strange text", "Segmentation fault", "make: *** [all] Error 2", "(nothing printed)"]
)
def test_another_text_is_not_recognised_and_never_usable(text: str) -> None:
    diagnosis = judged(text)
    assert (diagnosis.state, diagnosis.exit_code, ids(diagnosis)) == (State.NOT_RECOGNISED, 4, [])


def test_a_text_names_its_other_causes_and_what_decides() -> None:
    (first, *_) = judged("Failed to initialize NVML: Unknown Error").roots
    assert "ctr.no-cgroups" in first.alternatives
    assert "no-cgroups in the toolkit's configuration" in first.decided_by


@pytest.mark.parametrize(
    ("machine", "cause"),
    [("no-cgroups-left", "ctr.no-cgroups"), ("container-lost-gpu", "ctr.cgroup-lost"), ("h100-575", "ctr.cgroup-lost")],
)
def test_the_state_of_the_machine_decides_among_the_causes_of_one_message(machine: str, cause: str) -> None:
    diagnosis = together(machine, "Failed to initialize NVML: Unknown Error\n")
    assert ids(diagnosis) == [cause]
    assert diagnosis.state is State.UNUSABLE


def test_a_cause_that_the_machine_shows_stands_alone() -> None:
    text = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."
    assert ids(together("unsupported-gpu-lines", text)) == ["drv.unsupported-gpu"]
    assert ids(together("secure-boot", text)) == ["drv.secureboot"]


def test_a_suspicion_becomes_a_fault_when_a_failure_that_fits_it_was_printed() -> None:
    machine = replace(recorded("vgpu-unknown"), messages="")
    assert diagnose(read(machine), checks.every()).state is State.WARNINGS
    assert together("vgpu-unknown", "all CUDA-capable devices are busy or unavailable").state is State.UNUSABLE


def test_a_failure_that_nobody_knows_on_a_machine_without_a_fault_is_not_understood() -> None:
    diagnosis = together("h100-575", "FrobnicationError: the flux could not be aligned")
    assert (diagnosis.state, diagnosis.exit_code) == (State.NOT_UNDERSTOOD, 5)


def test_a_text_without_a_failure_changes_nothing() -> None:
    assert together("h100-575", "step 1 of 3\nall good\n").state is State.USABLE
