"""Choose GPUs by index or UUID among those of a verdict; MIG devices are chosen by CUDA inside."""

from dataclasses import replace
from typing import Final

from sygaldry.gpu.gate import Gate
from sygaldry.gpu.passthrough import Grant
from sygaldry.model.errors import MachineNotReadyError

_WORDS: Final = frozenset({"auto", "true", "false", "require"})
_MIG: Final = "MIG-"


def is_list(request: str) -> bool:
    """Return whether a request names GPUs."""
    return request not in _WORDS


def select(verdict: Gate, request: str) -> Gate:
    """Leave out what a list does not name. Raises MachineNotReadyError for a GPU that is absent or cannot be used."""
    if not is_list(request) or not verdict.on:
        return verdict
    names = [name for name in request.split(",") if not name.startswith(_MIG)]
    if not names:
        return verdict
    chosen = set()
    for name in names:
        found = next((each for each in verdict.gpus if name in (str(each.gpu.index), each.gpu.uuid)), None)
        if found is None:
            known = ", ".join(f"{each.gpu.index} ({each.gpu.uuid})" for each in verdict.gpus)
            raise MachineNotReadyError(f"there is no GPU {name} on this machine", hint=f"there are: {known}")
        if not found.usable:
            raise MachineNotReadyError(f"GPU {name} cannot be used: {found.reason}", hint="sygaldry gpu diagnose")
        chosen.add(found.gpu.index)
    gpus = tuple(
        each if each.gpu.index in chosen else replace(each, usable=False, reason="not chosen") for each in verdict.gpus
    )
    return replace(verdict, gpus=gpus, reason=f"{verdict.reason}; chosen: {request}")


def with_mig_devices(grant: Grant, request: str) -> Grant:
    """Restrict a grant to the MIG devices of a list: CUDA shows a program only what this variable names."""
    devices = ",".join(name for name in request.split(",") if name.startswith(_MIG))
    if not devices or grant.refusal:
        return grant
    names = {"CUDA_VISIBLE_DEVICES": devices}
    if grant.way == "runtime":
        names["NVIDIA_VISIBLE_DEVICES"] = devices
    return replace(grant, environment={**grant.environment, **names})
