"""Is the driver new enough for CUDA 12 at all?"""

from typing import Final

from sygaldry.gpu.advice import driver_advice, recommended_branch
from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.image import ImageFacts
from sygaldry.gpu.versions import cuda_of_driver, format_version


def _judge(facts: Facts) -> Evidence | None:
    cuda = cuda_of_driver(facts.driver)
    if not facts.driver:
        return None
    if cuda is None or cuda < (ImageFacts().cuda[0], 0):
        return Evidence(f"driver {facts.driver} brings CUDA {format_version(cuda) if cuda else 'older than the table'}")
    return None


CHECK: Final = Check(
    id="cuda.old",
    title=f"The driver is too old for CUDA {ImageFacts().cuda[0]}",
    severity=Severity.BLOCKS,
    why=f"To run it, {driver_advice(ImageFacts().cuda)}. Nothing in a container can replace the host's driver.",
    steps=(root(f"ubuntu-drivers install --gpgpu nvidia:{recommended_branch()}-server"), by_hand("reboot")),
    source="NVIDIA CUDA compatibility guide; message of torch with driver 11.4",
    judge=_judge,
    reboot=Reboot.YES,
    hides=("ctr.require", "jax.*", "cuda.803", "cuda.ptx", "cuda.nokernel"),
)
