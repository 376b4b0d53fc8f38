"""Choose how many compile processes fit into the memory: a build that the kernel kills has to begin again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sygaldry.spack.lock import Node

_GIB = 2**30
_SPACK_LIMIT: Final = 16  # config:build_jobs of Spack 1.1
# GiB that one compile or link process may need. The large C++ projects document their need themselves:
# https://llvm.org/docs/GettingStarted.html#hardware and the README of PyTorch (MAX_JOBS); CUDA's cicc is as large.
_GIB_A_PROCESS: Final = {"llvm": 4.0, "py-torch": 4.0, "py-jaxlib": 4.0, "py-torchvision": 3.0, "nccl": 3.0}
_DEFAULT_GIB: Final = 1.0


@dataclass(frozen=True)
class MachineSize:
    """Cores and memory that this process may use; 0 bytes if the memory is not known."""

    cores: int
    memory_bytes: int = 0


def is_large(name: str) -> bool:
    """Whether a package is known to need gigabytes a process, which also means hours."""
    return name in _GIB_A_PROCESS


def choose_jobs(to_build: Collection[Node], machine: MachineSize, requested: int = 0) -> tuple[int, str]:
    """Return the number of compile processes, 0 for Spack's own choice, and a sentence where the memory decides."""
    if not to_build or not machine.memory_bytes:
        return requested, ""
    largest = max(to_build, key=lambda node: (_GIB_A_PROCESS.get(node.name, _DEFAULT_GIB), node.label))
    each = _GIB_A_PROCESS.get(largest.name, _DEFAULT_GIB)
    fitting = max(1, int(machine.memory_bytes / _GIB / each))
    wanted = requested or min(machine.cores, _SPACK_LIMIT)
    have = (
        f"{machine.memory_bytes / _GIB:.0f} GiB of memory for {largest.label}, which takes about {each:.0f} a process"
    )
    if fitting >= wanted:
        return requested, ""
    if requested:
        return requested, f"-j {requested} may run out of memory: {have}, suggest -j {fitting}"
    return fitting, f"-j {fitting} instead of {wanted}: {have}"
