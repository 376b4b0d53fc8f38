"""Is this a Jetson board?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand
from sygaldry.gpu.compatibility import table
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    platform = known(facts.platform)
    if platform.kind != "tegra":
        return None
    if platform.jetpack >= table().tegra_release:
        return None  # it runs images for servers; the gate compares the CUDA of the image
    release = f"Jetson Linux {platform.jetpack}" if platform.jetpack else "the SoC family"
    return Evidence(f"{release}: a Tegra board")


CHECK: Final = Check(
    id="tegra.unsupported",
    title="This Jetson board is not supported",
    severity=Severity.BLOCKS,
    why=f"Its GPU has a driver of its own and needs images of its own. From Jetson Linux "
    f"{table().tegra_release} on, boards run the images for servers of CUDA 13 and newer.",
    steps=(by_hand("use NVIDIA's l4t images, or run without a GPU: SYGALDRY_GPU=false"),),
    source="NVIDIA/go-nvlib platform detection",
    judge=_judge,
    hides=("drv.*", "ctr.*", "cuda.*", "torch.*", "jax.*"),
)
