"""Is the CUDA library a stub?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, user
from sygaldry.gpu.checks._judges import cuda_answers
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import Unknown


def _judge(facts: Facts) -> Evidence | None:
    found = cuda_answers(34, "stub library")(facts)
    folders = [] if isinstance(facts.libraries, Unknown) else [
        each for each in facts.libraries.loader_path if each.rstrip("/").endswith("/stubs")
    ]  # fmt: skip
    return Evidence(f"{found.text}; LD_LIBRARY_PATH holds {folders[0]}") if found and folders else found


CHECK: Final = Check(
    id="cuda.stub",
    title="The CUDA library is a stub for linking",
    severity=Severity.BLOCKS,
    why="Development images carry a stub in /usr/local/cuda/lib64/stubs; it must never be on the loader's path.",
    steps=(user("echo $LD_LIBRARY_PATH"), by_hand("take the folder that ends in /stubs out of it")),
    source="cuda.h CUDA_ERROR_STUB_LIBRARY",
    judge=_judge,
    hides=("jax.*",),
)
