"""Is the node of the unified memory module there?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    kernel = known(facts.kernel)
    if not kernel.loaded or "/dev/nvidiactl" not in facts.node_paths or "/dev/nvidia-uvm" in facts.node_paths:
        return None
    module = "loaded" if "nvidia_uvm" in kernel.modules else "not loaded"
    return Evidence(f"/dev/nvidia-uvm is absent, nvidia_uvm is {module}")


CHECK: Final = Check(
    id="drv.uvm-missing",
    title="The unified memory module has no device node",
    severity=Severity.BLOCKS,
    why="nvidia-smi works without it, CUDA does not: cuInit answers 999.",
    steps=(root("modprobe nvidia_uvm"), root("nvidia-modprobe -u -c0")),
    source="pytorch/pytorch issue 49081",
    said=(
        r"CUDA unknown error - this may be due to an incorrectly set up environment",
        r"cuInit\(0\) failed: (?:CUDA_ERROR_UNKNOWN|Unknown CUDA error 999)\b",
    ),
    judge=_judge,
    hides=("cuda.*", "torch.*", "jax.*", "drv.uvm-suspend", "ctr.cdi-stale"),
)
