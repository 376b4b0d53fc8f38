"""Is libcuda.so.1 where the loader looks?"""

from typing import Final

from sygaldry.gpu.advice import recommended_branch
from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.probes import nvml
from sygaldry.gpu.unknown import Unknown, known


def _judge(facts: Facts) -> Evidence | None:
    answer = known(facts.nvml)
    if answer.code != nvml.OK:
        return None
    if not isinstance(facts.cuda, Unknown) and facts.cuda.loaded:
        return None
    if answer.cuda_code == nvml.LIBRARY_NOT_FOUND or not known(facts.libraries).has_cuda:
        return Evidence("NVML works, but it finds no libcuda.so.1, and neither does the loader's cache")
    return None


CHECK: Final = Check(
    id="drv.libcuda-missing",
    title="CUDA's driver library libcuda.so.1 is missing",
    severity=Severity.BLOCKS,
    why="nvidia-smi needs NVML alone, so it works; Torch says that it found no NVIDIA driver, JAX reports error 303.",
    steps=(
        root(f"apt-get install libnvidia-compute-{recommended_branch()}-server"),
        by_hand("take the branch of the loaded driver"),
        root("ldconfig"),
    ),
    source="messages of torch 2.9 and jax 0.7 with a stub library",
    judge=_judge,
    hides=("cuda.*", "torch.*", "jax.*", "ctr.caps"),
)
