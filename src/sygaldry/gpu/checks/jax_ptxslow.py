"""Does XLA compile slowly for want of a newer driver?"""

from typing import Final

from sygaldry.gpu.advice import native_branch
from sygaldry.gpu.checks import Check, Severity, by_hand

CHECK: Final = Check(
    id="jax.ptxslow",
    title="XLA compiles one kernel at a time",
    severity=Severity.WARNING,
    why="The driver is older than XLA's own compiler (minor-version compatibility). Results are right, compiling "
    "takes longer.",
    steps=(
        by_hand(
            f"install driver {native_branch()} or newer; on data-centre GPUs the image's compatibility library does it"
        ),
    ),
    source="jax-ml/jax issue 25718",
)
