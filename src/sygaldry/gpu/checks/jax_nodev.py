"""Did JAX find no device to use?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, user

CHECK: Final = Check(
    id="jax.nodev",
    title="JAX finds no usable device",
    severity=Severity.BLOCKS,
    why="CUDA started, but no device is visible, or its memory is full.",
    steps=(user("echo $CUDA_VISIBLE_DEVICES"), user("nvidia-smi")),
    source="messages of jax 0.7.2 with a stub library",
    hides=("jax.fallback",),
)
