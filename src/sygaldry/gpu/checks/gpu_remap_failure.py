"""Did NVML record a failed remapping?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    failed = [str(gpu.index) for gpu in known(facts.nvml).gpus if gpu.remapped and gpu.remapped[3]]
    return Evidence(f"remapping failed on GPU {', '.join(failed)} (NVML)") if failed else None


CHECK: Final = Check(
    id="gpu.remap-failure",
    title="GPU memory is out of spare rows",
    severity=Severity.BLOCKS,
    why="The memory is worn out, and the manufacturer replaces such cards.",
    steps=(
        by_hand("take the GPU out of use"),
        root("nvidia-smi --gpu-reset -i INDEX"),
        by_hand("run the vendor's field diagnosis and return the card"),
    ),
    source="NVIDIA A100 memory error management; DCGM error texts",
    judge=_judge,
    reboot=Reboot.MAYBE,
    hides=("gpu.remap-pending",),
)
