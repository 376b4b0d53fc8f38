"""Is this a Jetson board?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    return (
        Evidence("/etc/nv_tegra_release or the SoC family says Tegra")
        if known(facts.platform).kind == "tegra"
        else None
    )


CHECK: Final = Check(
    id="tegra.unsupported",
    title="Jetson boards are not supported",
    severity=Severity.BLOCKS,
    why="Their GPUs have a driver of their own and need images of their own; those of this project are for "
    "desktop and data-centre GPUs.",
    steps=(by_hand("use NVIDIA's l4t images, or run without a GPU: SYGALDRY_GPU=false"),),
    source="NVIDIA/go-nvlib platform detection",
    judge=_judge,
    hides=("drv.*", "ctr.*", "cuda.*", "torch.*", "jax.*"),
)
