"""Does nouveau hold the GPU?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    held = [device for device in known(facts.pci) if device.kind == "gpu" and device.driver == "nouveau"]
    return (
        Evidence(f"{held[0].address} is held by nouveau (/sys/bus/pci/devices/{held[0].address}/driver)")
        if held
        else None
    )


CHECK: Final = Check(
    id="drv.nouveau",
    title="The free driver nouveau holds the GPU",
    severity=Severity.BLOCKS,
    why="A GPU has one driver at a time, and nouveau came first, from the initial RAM disk.",
    steps=(
        root("tee /etc/modprobe.d/blacklist-nouveau.conf <<< $'blacklist nouveau\\noptions nouveau modeset=0'"),
        root("update-initramfs -u"),
        by_hand("reboot"),
    ),
    source="NVIDIA/open-gpu-kernel-modules nv.c (probe routine was not called)",
    judge=_judge,
    reboot=Reboot.YES,
    hides=("drv.kernel-line", "drv.notloaded", "ctr.*", "cuda.*", "torch.*", "jax.*", "drv.libcuda-missing"),
)
