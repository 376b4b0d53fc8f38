"""Has a GPU in MIG mode any instance?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    empty = [gpu for gpu in known(facts.nvml).gpus if gpu.mig and gpu.mig[0] == 1 and gpu.mig_devices == 0]
    return Evidence(f"GPU {empty[0].index} is in MIG mode and has no instance") if empty else None


CHECK: Final = Check(
    id="mig.empty",
    title="MIG mode is on, but there is no instance",
    severity=Severity.BLOCKS,
    why="In MIG mode the whole GPU cannot be used, only instances of it.",
    steps=(
        root("nvidia-smi mig -lgip"),
        root("nvidia-smi mig -cgi 0 -C"),
        by_hand("or leave the mode: sudo nvidia-smi -mig 0"),
    ),
    source="nvidia-smi table: No MIG devices found",
    judge=_judge,
    hides=("cuda.*", "jax.*"),
)
