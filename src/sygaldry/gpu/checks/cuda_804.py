"""Is forward compatibility used on a GPU that has none?"""

from typing import Final

from sygaldry.gpu.advice import native_branch
from sygaldry.gpu.checks import Check, Severity, by_hand, user
from sygaldry.gpu.checks._judges import cuda_answers

CHECK: Final = Check(
    id="cuda.804",
    title="Forward compatibility was tried on a GPU that has none",
    severity=Severity.BLOCKS,
    why="NVIDIA allows it on data-centre and professional GPUs, not on GeForce and Titan. Those run by "
    "minor-version compatibility without any library.",
    steps=(
        user("echo $LD_LIBRARY_PATH"),
        by_hand(f"take /usr/local/cuda/compat out of it, or install driver {native_branch()} or newer"),
    ),
    source="cuda.h CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE",
    judge=cuda_answers(804),
    hides=("jax.*",),
)
