"""Does a change of ECC wait for a reset?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    waiting = [gpu for gpu in known(facts.nvml).gpus if gpu.ecc and gpu.ecc[0] != gpu.ecc[1]]
    if not waiting:
        return None
    return Evidence(
        f"GPU {waiting[0].index}: ECC is {_word(waiting[0].ecc, 0)}, {_word(waiting[0].ecc, 1)} after the next reset"
    )


def _word(ecc: tuple[int, int] | None, which: int) -> str:
    return "on" if ecc and ecc[which] else "off"


CHECK: Final = Check(
    id="gpu.ecc-pending",
    title="A change of ECC waits for a reset",
    severity=Severity.WARNING,
    why="Error correction was switched; the change, and that of the memory size, takes effect at the next reset.",
    steps=(root("nvidia-smi --gpu-reset -i INDEX"),),
    source="nvidia-smi manual, ecc.mode.pending",
    judge=_judge,
    reboot=Reboot.MAYBE,
)
