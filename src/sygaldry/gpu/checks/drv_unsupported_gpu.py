"""Does this driver branch know this GPU?"""

from typing import Final

from sygaldry.gpu.checks import Check, Reboot, Severity, by_hand, root
from sygaldry.gpu.checks._judges import logged

CHECK: Final = Check(
    id="drv.unsupported-gpu",
    title="The driver branch does not know this GPU",
    severity=Severity.BLOCKS,
    why="Either the driver is older than the GPU, or it is 590 or newer, which dropped Maxwell, Pascal and Volta.",
    steps=(
        by_hand("a new GPU: install a newer branch; Maxwell, Pascal or Volta: install branch 580"),
        root("ubuntu-drivers list --gpgpu"),
        root("ubuntu-drivers install --gpgpu nvidia:580-server"),
    ),
    source="NVIDIA/open-gpu-kernel-modules osapi.c; NixOS wiki legacy_580",
    judge=logged("is not supported by the NVIDIA", "supported through the NVIDIA"),
    reboot=Reboot.YES,
    hides=("drv.rminit", "drv.notloaded", "ctr.*", "cuda.*", "torch.*", "jax.*"),
)
