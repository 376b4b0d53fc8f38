"""Does the GPU's system processor answer?"""

from typing import Final

from sygaldry.gpu.checks import Check, Reboot, Severity, by_hand, root
from sygaldry.gpu.checks._judges import xids

CHECK: Final = Check(
    id="gpu.xid119",
    title="The GPU's system processor (GSP) does not answer",
    severity=Severity.BLOCKS,
    why="The firmware on the GPU is stuck; programs hang or fail on it. Newer drivers fix several causes.",
    steps=(
        by_hand("stop what uses the GPU"),
        root("nvidia-smi --gpu-reset -i INDEX"),
        by_hand("if that fails: reboot; then install a newer driver"),
    ),
    source="NVIDIA Xid catalogue, 119 and 120: RESET_GPU; leptonai/gpud testdata dmesg-with-xid-119.log",
    judge=xids(119, 120),
    reboot=Reboot.MAYBE,
    hides=("gpu.xid154", "gpu.xid-application", "gpu.recovery", "drv.hang", "drv.rminit", "cuda.*", "jax.*", "torch.*"),
)
