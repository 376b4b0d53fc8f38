"""Do the CUDA library and the driver go together?"""

from typing import Final

from sygaldry.gpu.checks import Check, Reboot, Severity, by_hand, user
from sygaldry.gpu.checks._judges import cuda_answers

CHECK: Final = Check(
    id="cuda.803",
    title="The CUDA library on the loader's path does not go with the driver",
    severity=Severity.BLOCKS,
    why="A compatibility library for other drivers is in front of the host's own, or the host is half upgraded.",
    steps=(
        user("echo $LD_LIBRARY_PATH"),
        by_hand("take /usr/local/cuda/compat out of it; else follow drv.mismatch on the host"),
    ),
    source="cuda.h CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
    judge=cuda_answers(803),
    reboot=Reboot.MAYBE,
    hides=("jax.*",),
)
