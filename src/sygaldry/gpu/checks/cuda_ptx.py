"""Can the driver compile the PTX it was given?"""

from typing import Final

from sygaldry.gpu.advice import native_branch
from sygaldry.gpu.checks import Check, Reboot, Severity, by_hand

CHECK: Final = Check(
    id="cuda.ptx",
    title="The driver cannot compile this program's PTX",
    severity=Severity.BLOCKS,
    why="PTX of a newer CUDA needs a newer driver; minor-version compatibility covers machine code alone.",
    steps=(by_hand(f"install driver {native_branch()} or newer, or build machine code for this GPU (cuda_arch)"),),
    source="cuda.h CUDA_ERROR_UNSUPPORTED_PTX_VERSION (222)",
    reboot=Reboot.MAYBE,
)
