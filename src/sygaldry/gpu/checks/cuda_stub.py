"""Is the CUDA library a stub?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, by_hand, user
from sygaldry.gpu.checks._judges import cuda_answers

CHECK: Final = Check(
    id="cuda.stub",
    title="The CUDA library is a stub for linking",
    severity=Severity.BLOCKS,
    why="Development images carry a stub in /usr/local/cuda/lib64/stubs; it must never be on the loader's path.",
    steps=(user("echo $LD_LIBRARY_PATH"), by_hand("take the folder that ends in /stubs out of it")),
    source="cuda.h CUDA_ERROR_STUB_LIBRARY",
    said=(
        r"CUDA driver is a stub library",
        r"cuInit\(0\) failed: (?:CUDA_ERROR_STUB_LIBRARY|Unknown CUDA error 34)\b",
    ),
    judge=cuda_answers(34, "stub library"),
    hides=("jax.*",),
)
