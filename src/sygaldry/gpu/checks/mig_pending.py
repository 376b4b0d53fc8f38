"""Does a change of the MIG mode wait for a reset?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    waiting = [gpu for gpu in known(facts.nvml).gpus if gpu.mig and gpu.mig[0] != gpu.mig[1]]
    if not waiting:
        return None
    index = waiting[0].index
    return Evidence(
        f"GPU {index}: MIG is {waiting[0].mig}, (now, after the next reset)",
        (_STOP, root(f"nvidia-smi --gpu-reset -i {index}")),
    )


_STOP = by_hand("stop what uses the GPU, monitoring too")

CHECK: Final = Check(
    id="mig.pending",
    title="A change of the MIG mode waits for a reset",
    severity=Severity.BLOCKS,
    why="Until the reset the GPU is in neither mode properly.",
    steps=(_STOP, root("nvidia-smi --gpu-reset -i INDEX")),
    source="NVIDIA MIG user guide",
    judge=_judge,
    reboot=Reboot.MAYBE,
    hides=("mig.empty", "cuda.*", "jax.*"),
)
