"""Does JAX find a CUDA library too old?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, by_hand, user

CHECK: Final = Check(
    id="jax.outdated",
    title="JAX finds a CUDA library older than it was built with",
    severity=Severity.BLOCKS,
    why="The plugin compares every CUDA library at its start and refuses older ones.",
    steps=(
        user("echo $LD_LIBRARY_PATH"),
        user("sygaldry gpu validate --level 0"),
        by_hand("install the version that the message names"),
    ),
    source="jax_plugins/xla_cuda12",
    hides=("jax.fallback",),
)
