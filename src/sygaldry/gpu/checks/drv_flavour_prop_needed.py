"""Do the open modules drive a GPU that only the proprietary ones know?"""

from typing import Final

from sygaldry.gpu.checks import Check, Reboot, Severity, by_hand, root
from sygaldry.gpu.checks._judges import logged

CHECK: Final = Check(
    id="drv.flavour-prop-needed",
    title="This GPU needs the proprietary kernel modules",
    severity=Severity.BLOCKS,
    why="GPUs before Turing have no GSP, without which the open modules cannot work. The last branch that knows "
    "them is 580.",
    steps=(root("apt-get install nvidia-driver-580-server"), by_hand("reboot")),
    source="NVIDIA/open-gpu-kernel-modules osapi.c",
    said=(r"is not supported by open nvidia\.ko",),
    judge=logged("does not include the required GPU System Processor"),
    reboot=Reboot.YES,
    hides=("drv.rminit", "ctr.*", "cuda.*", "torch.*", "jax.*"),
)
