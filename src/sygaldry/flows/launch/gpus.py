"""Give a launch its GPUs: a look of microseconds, and the whole verdict only where there is something to judge."""

from __future__ import annotations

import os

from sygaldry.model.errors import MachineNotReadyError
from sygaldry.model.value import dataclass, field, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from sygaldry.config.settings import Settings
    from sygaldry.flows.gpu.verdict import GpuGrant
    from sygaldry.model.report import Json
    from sygaldry.model.workspace import Workspace

_DRIVER_NODES = ("/proc/driver/nvidia", "/dev/nvidiactl", "/dev/dxg", "/etc/nv_tegra_release")
_PCI_DEVICES = "/proc/bus/pci/devices"
_NVIDIA = b"\t10de"

# As sygaldry.gpu.passthrough.OFF, whose import a machine without a GPU is spared; a test holds them together.
OFF = {
    "CUDA_VISIBLE_DEVICES": "",
    "NVIDIA_VISIBLE_DEVICES": "void",
    "JAX_PLATFORMS": "cpu",
    "JAX_SKIP_CUDA_CONSTRAINTS_CHECK": "1",
}


@dataclass(frozen=True)
class Gpus:
    """What a launch adds for its GPUs, what it says about them, and the verdict as data."""

    line: str
    verdict: Mapping[str, Json]
    environment: Mapping[str, str] = field(default_factory=dict)
    given: GpuGrant | None = None

    def added_to(self, workspace: Workspace) -> Workspace:
        """Return the workspace with its GPUs, or with none and quiet frameworks."""
        grant = self.given.grant if self.given else None
        return replace(
            workspace,
            environment={**workspace.environment, **self.environment},
            passed=tuple(name for name in workspace.passed if name not in self.environment),
            mounts=(*workspace.mounts, *(grant.mounts if grant else ())),
            gpus=grant.gpus if grant else (),
            devices=grant.devices if grant else (),
        )


def gpus_for(settings: Settings, folder: str, runtime: str) -> Gpus:
    """Judge the GPUs for a launch; raises MachineNotReadyError where `require` or `true` cannot be had."""
    if settings.gpu == "false":
        return _without("disabled", "SYGALDRY_GPU=false")
    if not has_nvidia():
        if settings.gpu == "require":
            raise MachineNotReadyError(
                "SYGALDRY_GPU=require, but there is no NVIDIA GPU on this machine",
                hint="run without one: SYGALDRY_GPU=auto; is one hidden? see: sygaldry gpu diagnose",
            )
        return _without("no-hardware", "no NVIDIA GPU on this machine")
    from sygaldry.flows.gpu.verdict import judge_for  # 60 ms, and seconds of probing, only where there is a GPU

    return _judged(settings.gpu, judge_for(settings, folder, runtime))


def has_nvidia() -> bool:
    """Look for NVIDIA's device nodes and for its vendor number on the bus: five system calls, no imports."""
    if any(os.path.exists(path) for path in _DRIVER_NODES):
        return True
    try:
        descriptor = os.open(_PCI_DEVICES, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        text = b"".join(iter(lambda: os.read(descriptor, 65536), b""))
    finally:
        os.close(descriptor)
    return _NVIDIA in text


def _judged(request: str, given: GpuGrant) -> Gpus:
    verdict, refusal = given.verdict, given.grant.refusal
    if request == "require" and not verdict.on:
        raise MachineNotReadyError(
            f"SYGALDRY_GPU=require, but the GPUs cannot be used ({verdict.mode}: {verdict.reason})",
            hint=verdict.advice or "run: sygaldry gpu diagnose",
        )
    if verdict.on and refusal and request != "auto":
        raise MachineNotReadyError(f"SYGALDRY_GPU={request}, but {refusal}", hint=given.grant.remedy)
    if verdict.on and refusal:
        return _without("unknown", f"{refusal}; {given.grant.remedy}", given.data())
    advice = f"; {verdict.advice}" if verdict.advice and not verdict.on else ""
    given_by = f", through {given.grant.way}" if verdict.on else ""
    line = f"{verdict.line()}{advice}{given_by}"
    if not verdict.on:
        return Gpus(f"warning: {line}" if verdict.mode != "disabled" else line, given.data(), given.grant.environment)
    # A validation inside must be as strict as the launch was.
    strict = {"SYGALDRY_GPU": "require"} if request == "require" else {}
    return Gpus(line, given.data(), {**given.grant.environment, **strict}, given)


def _without(mode: str, reason: str, data: Mapping[str, Json] | None = None) -> Gpus:
    verdict = data or {"mode": mode, "on": False, "forced": False, "reason": reason}
    warning = "warning: " if data else ""
    return Gpus(f"{warning}GPU: off ({mode}: {reason})", verdict, {**OFF, "SYGALDRY_GPU_VERDICT": mode})
