"""Has the environment kernels for any of these GPUs?"""

from typing import Final

from sygaldry.gpu.architectures import parse_architectures
from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.image import DEFAULT_ARCHITECTURES


def _judge(facts: Facts) -> Evidence | None:
    capable = [gpu for gpu in facts.gpus if gpu.capability]
    built = parse_architectures(DEFAULT_ARCHITECTURES)
    if not capable or any(built.runs_natively(gpu.capability) for gpu in capable if gpu.capability):
        return None
    return Evidence(f"{capable[0].name} is {capable[0].sm}; the environment has {DEFAULT_ARCHITECTURES}")


CHECK: Final = Check(
    id="cuda.nokernel",
    title="The environment has no kernels for this GPU",
    severity=Severity.BLOCKS,
    why="Machine code runs on its own generation only. Torch says that CUDA is available and fails at the first "
    "operation.",
    steps=(
        by_hand("add the architecture to cuda_arch in pkg/zephyr/spack_src.yaml"),
        user("sygaldry env lock"),
        by_hand("build the environment again"),
    ),
    source="pytorch/pytorch issues 150733 and 167244",
    judge=_judge,
)
