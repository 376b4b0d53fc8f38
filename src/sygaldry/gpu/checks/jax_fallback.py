"""Did JAX fall back to the CPU?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, by_hand, user

CHECK: Final = Check(
    id="jax.fallback",
    title="JAX fell back to the CPU",
    severity=Severity.BLOCKS,
    why="The message blames a missing CUDA build even when it is there and failed to start: look for a traceback "
    "of the plugin above it.",
    steps=(
        user("sygaldry gpu validate --level 1"),
        by_hand("if there is no traceback above: install the CUDA plugin of jax"),
    ),
    source="message of jax 0.7.2 with a stub library",
)
