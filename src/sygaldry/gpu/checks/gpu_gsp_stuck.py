"""Does the firmware of an earlier driver still run on the GPU?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import Unknown, known


def _judge(facts: Facts) -> Evidence | None:
    lines = known(facts.kernel_log).saying("unexpected WPR2 already up")
    if not lines:
        return None
    works = not isinstance(facts.nvml, Unknown) and any(not gpu.error for gpu in facts.nvml.gpus)
    return Evidence(lines[0].strip(), severity=Severity.DEGRADES if works else Severity.BLOCKS)


CHECK: Final = Check(
    id="gpu.gsp-stuck",
    title="The GPU still runs the firmware of before and must lose power",
    severity=Severity.BLOCKS,
    why="The protected memory of the GPU's system processor is still set up. A warm reboot does not clear it, and "
    "the firmware files are not at fault.",
    steps=(
        by_hand("shut the machine down, switch it off for half a minute, start it again"),
        by_hand("a virtual machine: reset the GPU on its host, then start the machine"),
        by_hand("if it returns: look for Xid 119 or 154 before it, and install a newer driver"),
    ),
    source="NVIDIA/open-gpu-kernel-modules issues 1230 and 1353",
    judge=_judge,
    reboot=Reboot.YES,
    hides=("drv.gsp-fw", "drv.rminit", "drv.kernel-line", "cuda.*", "torch.*", "jax.*", "ctr.*"),
)
