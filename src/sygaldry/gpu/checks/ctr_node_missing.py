"""Was the container given the device nodes of its GPUs?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import OUTSIDE_CONTAINER, NotApplicableError, known


def _judge(facts: Facts) -> Evidence | None:
    if not known(facts.platform).container or known(facts.platform).kind != "linux":
        raise NotApplicableError(OUTSIDE_CONTAINER)
    if not known(facts.kernel).loaded:
        raise NotApplicableError("no driver is loaded")
    missing = [path for path in ("/dev/nvidiactl", "/dev/nvidia0") if path not in facts.node_paths]
    numbered = any(node.is_driver_node and node.path[-1].isdigit() for node in known(facts.nodes))
    if "/dev/nvidiactl" not in missing and numbered:
        return None
    return Evidence(f"in a container, the host's driver is loaded, and {missing[0]} is absent")


CHECK: Final = Check(
    id="ctr.node-missing",
    title="The container was not given its GPU",
    severity=Severity.BLOCKS,
    why="The host's driver is there, but not the device nodes: the container was started without --gpus, "
    "a CDI device or "
    "the nvidia runtime.",
    steps=(by_hand("start it with --gpus all, or --device nvidia.com/gpu=all"), user("sygaldry gpu gate")),
    source="NVIDIA container toolkit, running a sample workload",
    judge=_judge,
    hides=("ctr.caps", "drv.uvm-missing", "drv.libcuda-missing", "cuda.*", "torch.*", "jax.*", "drv.notloaded"),
)
