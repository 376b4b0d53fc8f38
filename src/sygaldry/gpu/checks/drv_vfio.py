"""Is every GPU reserved for virtual machines?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    gpus = [device for device in known(facts.pci) if device.kind == "gpu"]
    if gpus and all(device.driver == "vfio-pci" for device in gpus):
        return Evidence(f"all {len(gpus)} GPUs are held by vfio-pci, the first being {gpus[0].address}")
    return None


CHECK: Final = Check(
    id="drv.vfio",
    title="The GPU is passed through to virtual machines",
    severity=Severity.BLOCKS,
    why="vfio-pci reserves a device for a guest; the host's own driver cannot use it meanwhile.",
    steps=(
        by_hand(
            "run in the guest, or take the device off vfio-pci: driverctl unset-override ADDRESS, or its ids= option"
        ),
    ),
    source="kernel.org VFIO documentation",
    judge=_judge,
    reboot=Reboot.MAYBE,
    hides=(
        "drv.notloaded",
        "drv.absent",
        "drv.dkms",
        "ctr.*",
        "cuda.*",
        "torch.*",
        "jax.*",
        "drv.libcuda-missing",
    ),
)
