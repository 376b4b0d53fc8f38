"""Do the proprietary modules drive a GPU that only the open ones know?"""

from typing import Final

from sygaldry.gpu.advice import recommended_branch
from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import Unknown, known


def _judge(facts: Facts) -> Evidence | None:
    if not isinstance(facts.kernel_log, Unknown):
        lines = facts.kernel_log.saying("requires use of the NVIDIA open kernel modules")
        if lines:
            return Evidence(lines[0])
    kernel = known(facts.kernel)
    young = [device for device in known(facts.pci) if device.kind == "gpu" and device.device.startswith(_OPEN_ONLY)]
    if kernel.flavour == "proprietary" and young:
        return Evidence(
            f"proprietary module {kernel.loaded}, GPU {young[0].device} at {young[0].address} needs the open one"
        )
    return None


# Blackwell (GB1xx, GB2xx) and Grace Hopper. https://docs.nvidia.com/datacenter/tesla/driver-installation-guide/kernel-modules.html
_OPEN_ONLY = ("0x2342", "0x2345", "0x2348", "0x29", "0x2b", "0x2c", "0x2d", "0x2f", "0x31")

CHECK: Final = Check(
    id="drv.flavour-open-needed",
    title="This GPU needs the open kernel modules",
    severity=Severity.BLOCKS,
    why="Blackwell and Grace Hopper are supported by the open flavour of the modules only; with the proprietary "
    "one nvidia-smi says that no devices were found.",
    steps=(root(f"apt-get install nvidia-driver-{recommended_branch()}-server-open"), by_hand("reboot")),
    source="NVIDIA/open-gpu-kernel-modules issue 872; NVIDIA driver installation guide, kernel modules",
    judge=_judge,
    reboot=Reboot.YES,
    hides=("drv.kernel-line", "drv.rminit", "ctr.*", "cuda.*", "torch.*", "jax.*"),
)
