"""Does JAX load the cuDNN it was built with?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, by_hand, user

CHECK: Final = Check(
    id="jax.cudnn",
    title="JAX loads an older cuDNN than it was built with",
    severity=Severity.BLOCKS,
    why="jax.devices() still lists the GPU, the first convolution fails. A folder on LD_LIBRARY_PATH, or another "
    "package, brings the old one.",
    steps=(
        user("echo $LD_LIBRARY_PATH"),
        user("sygaldry gpu validate --level 0"),
        by_hand("take the folder with the other cuDNN out of it"),
    ),
    source="conda-forge/jaxlib-feedstock issue 329",
)
