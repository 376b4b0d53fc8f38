"""Is the CUDA library a stub?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, Sign, by_hand, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.known import known


def _judge(facts: Facts) -> Sign | None:
    answer = known(facts.cuda)
    return Sign(f"cuInit of {answer.loaded or 'libcuda.so.1'} answers 34 (stub library)") if answer.code == 34 else None


CHECK: Final = Check(
    id="cuda.stub",
    title="The CUDA library is a stub for linking",
    severity=Severity.BLOCKS,
    why="Development images carry a stub in /usr/local/cuda/lib64/stubs; it must never be on the loader's path.",
    steps=(user("echo $LD_LIBRARY_PATH"), by_hand("take the folder that ends in /stubs out of it")),
    source="cuda.h CUDA_ERROR_STUB_LIBRARY",
    said=(r"CUDA driver is a stub library",),
    judge=_judge,
    hides=("jax.*",),
)
