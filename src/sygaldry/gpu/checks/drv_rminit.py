"""Could the driver start the GPU?"""

from typing import Final

from sygaldry.gpu.checks import Check, Reboot, Severity, by_hand
from sygaldry.gpu.checks._judges import logged

CHECK: Final = Check(
    id="drv.rminit",
    title="The driver could not start the GPU",
    severity=Severity.BLOCKS,
    why="The module is loaded but the device does not come up: address space, power, or firmware.",
    steps=(
        by_hand("switch on Above 4G Decoding and Resizable BAR in the firmware setup, check the power cables"),
        by_hand("power the machine off and on; a warm reboot leaves the GPU as it is"),
    ),
    source="NVIDIA/open-gpu-kernel-modules osinit.c and issue 862",
    judge=logged("RmInitAdapter failed", "rm_init_adapter failed"),
    reboot=Reboot.YES,
    hides=("ctr.*", "cuda.*", "torch.*", "jax.*"),
)
