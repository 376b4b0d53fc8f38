"""Did one framework take the memory from the other?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, user

CHECK: Final = Check(
    id="mem.prealloc",
    title="A program ran out of GPU memory",
    severity=Severity.DEGRADES,
    why="JAX takes three quarters of the GPU's memory at its first operation; Torch in the same or another "
    "process then finds none.",
    steps=(
        user("export XLA_PYTHON_CLIENT_PREALLOCATE=false"),
        user("nvidia-smi --query-compute-apps=pid,name,used_memory --format=csv"),
    ),
    source="docs.jax.dev, GPU memory allocation",
)
