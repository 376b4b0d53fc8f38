"""Did the unified memory module survive a suspend?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    cuda = known(facts.cuda)
    if cuda.code != 999 or "/dev/nvidia-uvm" not in facts.node_paths:
        return None
    lines = known(facts.kernel_log).saying("suspend exit", "PM: suspend")
    return Evidence(f"cuInit answers 999 after: {lines[-1]}") if lines else None


CHECK: Final = Check(
    id="drv.uvm-suspend",
    title="The unified memory module did not survive a suspend",
    severity=Severity.BLOCKS,
    why="After a resume CUDA answers 999 although nvidia-smi works; reloading the module fixes it.",
    steps=(
        by_hand("stop every program and container that uses the GPU"),
        root("modprobe -r nvidia_uvm"),
        root("modprobe nvidia_uvm"),
    ),
    source="pytorch/pytorch issue 49081; NixOS/nixpkgs issue 334180",
    judge=_judge,
    hides=("cuda.*", "torch.*", "jax.*"),
)
