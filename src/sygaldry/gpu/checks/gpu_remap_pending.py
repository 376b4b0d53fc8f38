"""Does a remapped row wait for a reset?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    waiting = [str(gpu.index) for gpu in known(facts.nvml).gpus if gpu.remapped and gpu.remapped[2]]
    return Evidence(f"remapping is pending on GPU {', '.join(waiting)} (NVML)") if waiting else None


CHECK: Final = Check(
    id="gpu.remap-pending",
    title="A row of GPU memory waits to be remapped",
    severity=Severity.WARNING,
    why="New work may be started; the spare row comes into use at the next reset.",
    steps=(by_hand("when the GPU is idle:"), root("nvidia-smi --gpu-reset -i INDEX")),
    source="NVIDIA A100 memory error management",
    judge=_judge,
    hides=("gpu.xid63",),
)
