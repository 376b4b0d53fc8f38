"""Does JAX refuse this pair of cuDNN and cuBLAS?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, by_hand, user

CHECK: Final = Check(
    id="jax.cudnn-cublas",
    title="JAX refuses this cuDNN on several GPUs",
    severity=Severity.BLOCKS,
    why="With cuBLAS 12.9 and cuDNN before 9.10.1 matrix products over several GPUs came out wrong, so JAX falls "
    "back to the CPU.",
    steps=(by_hand("pin cudnn 9.10.2 or newer in pkg/zephyr/spack_src.yaml"), user("sygaldry env lock")),
    source="jax_plugins/xla_cuda12 of jax 0.7.0 and 0.7.2",
    hides=("jax.fallback", "jax.outdated"),
)
