"""Decide about the GPUs of a launch: a check of microseconds, and the full verdict only where there is a GPU."""

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
_OPTIONAL = ("auto", "true", "false")  # `require` and a list of GPUs fail without a usable GPU
_PCI_DEVICES = "/proc/bus/pci/devices"
_NVIDIA = b"\t10de"

# A copy of sygaldry.gpu.passthrough.OFF, to avoid its import on machines without a GPU; a test compares them.
OFF = {
    "CUDA_VISIBLE_DEVICES": "",
    "NVIDIA_VISIBLE_DEVICES": "void",
    "JAX_PLATFORMS": "cpu",
    "JAX_SKIP_CUDA_CONSTRAINTS_CHECK": "1",
}


@dataclass(frozen=True)
class Gpus:
    """What a launch adds for its GPUs, its message about them, and the verdict as data."""

    line: str
    verdict: Mapping[str, Json]
    environment: Mapping[str, str] = field(default_factory=dict)
    given: GpuGrant | None = None

    def added_to(self, workspace: Workspace) -> Workspace:
        """Return the workspace with its GPUs, or with variables that turn GPUs off in frameworks."""
        grant = self.given.grant if self.given else None
        return replace(
            workspace,
            environment={**workspace.environment, **self.environment},
            passed=tuple(name for name in workspace.passed if name not in self.environment),
            mounts=(*workspace.mounts, *(grant.mounts if grant else ())),
            gpus=grant.gpus if grant else (),
            devices=grant.devices if grant else (),
        )


def gpus_for(settings: Settings, folder: str, runtime: str, recorded: str = "") -> Gpus:
    """Return the GPUs of a launch; raises MachineNotReadyError if `require` or `true` cannot be satisfied."""
    if settings.gpu == "false":
        return _no_gpus("disabled", "SYGALDRY_GPU=false")
    if recorded:
        from sygaldry.flows.gpu.verdict import judge_recorded

        return _gpus_from_verdict(settings.gpu, judge_recorded(settings, folder, runtime, recorded))
    if not has_nvidia():
        if settings.gpu not in _OPTIONAL:
            raise MachineNotReadyError(
                f"SYGALDRY_GPU={settings.gpu}, but there is no NVIDIA GPU on this machine",
                hint="run without one: SYGALDRY_GPU=auto; is one hidden? see: sygaldry gpu diagnose",
            )
        return _no_gpus("no-hardware", "no NVIDIA GPU on this machine")
    from sygaldry.flows.gpu.verdict import judge_for  # 60 ms, and seconds of probing; only with a GPU

    return _gpus_from_verdict(settings.gpu, judge_for(settings, folder, runtime))


def has_nvidia() -> bool:
    """Look for NVIDIA's device nodes and its vendor number on the PCI bus: five system calls, no imports."""
    if any(os.path.exists(node) for node in _DRIVER_NODES):
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


def _gpus_from_verdict(requested: str, given: GpuGrant) -> Gpus:
    verdict, refusal = given.verdict, given.grant.refusal
    if requested not in _OPTIONAL and not verdict.on:
        raise MachineNotReadyError(
            f"SYGALDRY_GPU={requested}, but the GPUs cannot be used ({verdict.mode}: {verdict.reason})",
            hint=verdict.advice or "run: sygaldry gpu diagnose",
        )
    if verdict.on and refusal and requested != "auto":
        raise MachineNotReadyError(f"SYGALDRY_GPU={requested}, but {refusal}", hint=given.grant.remedy)
    if verdict.on and refusal:
        return _no_gpus("unknown", f"{refusal}; {given.grant.remedy}", given.data())
    advice = f"; {verdict.advice}" if verdict.advice and not verdict.on else ""
    given_by = f", through {given.grant.way}" if verdict.on else ""
    line = f"{verdict.line()}{advice}{given_by}"
    if not verdict.on:
        return Gpus(f"warning: {line}" if verdict.mode != "disabled" else line, given.data(), given.grant.environment)
    # A validation inside is as strict as the launch.
    strict = {"SYGALDRY_GPU": "require"} if requested == "require" else {}
    return Gpus(line, given.data(), {**given.grant.environment, **strict}, given)


def _no_gpus(mode: str, reason: str, data: Mapping[str, Json] | None = None) -> Gpus:
    verdict = data or {"mode": mode, "on": False, "forced": False, "reason": reason}
    warning = "warning: " if data else ""
    return Gpus(f"{warning}GPU: off ({mode}: {reason})", verdict, {**OFF, "SYGALDRY_GPU_VERDICT": mode})
