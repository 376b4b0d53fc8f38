"""Do the open modules drive a GPU that only the proprietary ones know?"""

from typing import Final

from sygaldry.gpu.checks import Check, Reboot, Severity, Sign, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.known import known


def _judge(facts: Facts) -> Sign | None:
    lines = known(facts.kernel_log).saying("does not include the required GPU System Processor")
    return Sign(lines[0]) if lines else None


CHECK: Final = Check(
    id="drv.flavour-prop-needed",
    title="This GPU needs the proprietary kernel modules",
    severity=Severity.BLOCKS,
    why="GPUs before Turing have no GSP, without which the open modules cannot work. The last branch that knows "
    "them is 580.",
    steps=(root("apt-get install nvidia-driver-580-server"), by_hand("reboot")),
    source="NVIDIA/open-gpu-kernel-modules osapi.c",
    said=(r"is not supported by open nvidia\.ko",),
    judge=_judge,
    reboot=Reboot.YES,
    hides=("drv.rminit", "ctr.*", "cuda.*", "torch.*", "jax.*"),
)
