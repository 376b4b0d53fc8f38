"""Do the open modules drive a GPU that only the proprietary ones know?"""

from typing import Final

from sygaldry.gpu.advice import recommended_branch
from sygaldry.gpu.checks import Check, Reboot, Severity, by_hand, root
from sygaldry.gpu.checks._judges import logged

CHECK: Final = Check(
    id="drv.flavour-prop-needed",
    title="This GPU needs the proprietary kernel modules",
    severity=Severity.BLOCKS,
    why="GPUs before Turing have no GSP, without which the open modules cannot work. The last branch that knows "
    f"them is {recommended_branch(capability=(7, 0))}.",
    steps=(root(f"apt-get install nvidia-driver-{recommended_branch()}-server"), by_hand("reboot")),
    source="NVIDIA/open-gpu-kernel-modules osapi.c",
    judge=logged("does not include the required GPU System Processor"),
    reboot=Reboot.YES,
    hides=("drv.kernel-line", "drv.rminit", "ctr.*", "cuda.*", "torch.*", "jax.*"),
)
