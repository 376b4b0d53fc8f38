"""Is the node of the unified memory module there?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import Unknown, known


def _judge(facts: Facts) -> Evidence | None:
    kernel = known(facts.kernel)
    if not kernel.loaded or "/dev/nvidiactl" not in facts.node_paths or "/dev/nvidia-uvm" in facts.node_paths:
        return None
    inside = not isinstance(facts.platform, Unknown) and facts.platform.container
    module = "loaded" if "nvidia_uvm" in kernel.modules else "not loaded"
    where = "in a container, " if inside else ""
    # The host has the module: the container only lacks the node.
    return Evidence(f"{where}/dev/nvidia-uvm is absent, nvidia_uvm is {module}", _IN_CONTAINER if inside else ())


_IN_CONTAINER: Final = (
    by_hand("start the container with --device /dev/nvidia-uvm too, or with --gpus or CDI, which bring it"),
    by_hand("if the host lacks the node as well: sudo nvidia-modprobe -u -c0 on the host"),
)


CHECK: Final = Check(
    id="drv.uvm-missing",
    title="The unified memory module has no device node",
    severity=Severity.BLOCKS,
    why="nvidia-smi works without it, CUDA does not: cuInit answers 999.",
    steps=(root("modprobe nvidia_uvm"), root("nvidia-modprobe -u -c0")),
    source="pytorch/pytorch issue 49081",
    judge=_judge,
    hides=("cuda.*", "torch.*", "jax.*", "drv.uvm-suspend", "ctr.cdi-stale"),
)
