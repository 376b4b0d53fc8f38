"""Is any NVIDIA driver installed for the GPU on the bus?"""

from typing import Final

from sygaldry.gpu.advice import recommended_branch
from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import Unknown, known


def _judge(facts: Facts) -> Evidence | None:
    gpus = [device for device in known(facts.pci) if device.kind == "gpu"]
    kernel, libraries = known(facts.kernel), known(facts.libraries)
    if not gpus or kernel.loaded or kernel.has_module or libraries.has_nvml or _has_package(facts):
        return None
    return Evidence(
        f"GPU {gpus[0].device} at {gpus[0].address}, no nvidia module for kernel {kernel.release}, no libnvidia-ml.so.1"
    )


def _has_package(facts: Facts) -> bool:
    return not isinstance(facts.packages, Unknown) and facts.packages.has_driver


CHECK: Final = Check(
    id="drv.absent",
    title="No NVIDIA driver is installed",
    severity=Severity.BLOCKS,
    why="The GPU is on the PCI bus, but neither a kernel module nor the driver's libraries are there. "
    f"Branch {recommended_branch()} is the one to install for the environment.",
    steps=(
        root("ubuntu-drivers list --gpgpu"),
        root(f"ubuntu-drivers install --gpgpu nvidia:{recommended_branch()}-server"),
        by_hand("reboot"),
    ),
    source="Ubuntu Server documentation, NVIDIA drivers installation",
    judge=_judge,
    reboot=Reboot.YES,
    hides=(
        "drv.nouveau",
        "drv.notloaded",
        "drv.dkms",
        "ctr.*",
        "cuda.*",
        "torch.*",
        "jax.*",
        "drv.libcuda-missing",
    ),
)
