"""Is the driver new enough for CUDA 12 at all?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.versions import cuda_of_driver, format_version


def _judge(facts: Facts) -> Evidence | None:
    cuda = cuda_of_driver(facts.driver)
    if not facts.driver:
        return None
    if cuda is None or cuda < (12, 0):
        return Evidence(f"driver {facts.driver} brings CUDA {format_version(cuda) if cuda else 'older than 11.7'}")
    return None


CHECK: Final = Check(
    id="cuda.old",
    title="The driver is too old for CUDA 12",
    severity=Severity.BLOCKS,
    why="CUDA 12 programs run from driver 525.60.13 on; nothing in a container can replace the host's driver.",
    steps=(root("ubuntu-drivers install --gpgpu nvidia:580-server"), by_hand("reboot")),
    source="NVIDIA CUDA compatibility guide; message of torch with driver 11.4",
    said=(r"The NVIDIA driver on your system is too old",),
    judge=_judge,
    reboot=Reboot.YES,
    hides=("ctr.require", "jax.*", "cuda.803", "cuda.ptx", "cuda.nokernel"),
)
