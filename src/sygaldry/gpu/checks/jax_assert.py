"""Did JAX die of an empty assertion?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, by_hand, user

CHECK: Final = Check(
    id="jax.assert",
    title="JAX has no CUDA backend",
    severity=Severity.BLOCKS,
    why="With JAX_PLATFORMS=cuda and no plugin, or no device node, JAX dies of an AssertionError without a word.",
    steps=(
        user("ls /dev/nvidia*"),
        user("python3 -c 'import jax_plugins.xla_cuda12'"),
        by_hand("install the plugin, or give the GPU to the container"),
    ),
    source="jax 0.7.2 run without a device",
)
