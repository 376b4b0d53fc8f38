"""Does this driver branch know this GPU?"""

from typing import Final

from sygaldry.gpu.advice import dropped_branch, recommended_branch
from sygaldry.gpu.checks import Check, Reboot, Severity, by_hand, root
from sygaldry.gpu.checks._judges import logged

CHECK: Final = Check(
    id="drv.unsupported-gpu",
    title="The driver branch does not know this GPU",
    severity=Severity.BLOCKS,
    why="Either the driver is older than the GPU, or it is so new that it dropped the GPU: "
    f"branch {dropped_branch()} and newer know no Maxwell, Pascal and Volta.",
    steps=(
        by_hand(f"a new GPU: install a newer branch; Maxwell, Pascal or Volta: install branch {recommended_branch()}"),
        root("ubuntu-drivers list --gpgpu"),
        root(f"ubuntu-drivers install --gpgpu nvidia:{recommended_branch()}-server"),
    ),
    source="NVIDIA/open-gpu-kernel-modules osapi.c; NixOS wiki legacy_580",
    judge=logged("is not supported by the NVIDIA", "supported through the NVIDIA"),
    reboot=Reboot.YES,
    hides=(
        "drv.rminit",
        "drv.kernel-line",
        "drv.secureboot",
        "drv.dkms",
        "drv.notloaded",
        "ctr.*",
        "cuda.*",
        "torch.*",
        "jax.*",
    ),
)
