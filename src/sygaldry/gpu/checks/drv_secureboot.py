"""Does Secure Boot refuse the kernel module?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import Unknown, known


def _judge(facts: Facts) -> Evidence | None:
    kernel = known(facts.kernel)
    if kernel.loaded:
        return None
    if not isinstance(facts.kernel_log, Unknown):
        lines = facts.kernel_log.saying(
            "Key was rejected by service",
            "Loading of unsigned module is rejected",
            "Required key not available",
        )
        if lines:
            return Evidence(lines[0])
    if known(facts.packages).secure_boot and kernel.has_module:
        return Evidence("Secure Boot is on, and the nvidia module is on disk but not loaded")
    return None


CHECK: Final = Check(
    id="drv.secureboot",
    title="Secure Boot refuses the NVIDIA kernel module",
    severity=Severity.BLOCKS,
    why="The module carries no signature that the firmware trusts. Either take modules that the distribution "
    "signed, or enrol the key that DKMS signs with; switching Secure Boot off works too.",
    steps=(
        root("mokutil --import /var/lib/shim-signed/mok/MOK.der"),
        by_hand("reboot, and enrol the key in the blue MokManager screen with the password just given"),
    ),
    source="unix.stackexchange.com question 535434; kernel module signing documentation",
    judge=_judge,
    reboot=Reboot.YES,
    hides=(
        "drv.kernel-line",
        "drv.notloaded",
        "drv.dkms",
        "ctr.*",
        "cuda.*",
        "torch.*",
        "jax.*",
        "drv.libcuda-missing",
    ),
)
