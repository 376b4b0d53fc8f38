"""Was the container given the libraries for computing?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import OUTSIDE_CONTAINER, NotApplicableError, known


def _judge(facts: Facts) -> Evidence | None:
    if not known(facts.platform).container:
        raise NotApplicableError(OUTSIDE_CONTAINER)
    if "/dev/nvidiactl" not in facts.node_paths or known(facts.libraries).has_cuda:
        return None
    wanted = facts.environment.get("NVIDIA_DRIVER_CAPABILITIES", "")
    if "compute" in wanted or wanted == "all":
        return None
    return Evidence(f"in a container with device nodes, no libcuda.so.1, NVIDIA_DRIVER_CAPABILITIES is {wanted!r}")


CHECK: Final = Check(
    id="ctr.caps",
    title="The container was not given the libraries for computing",
    severity=Severity.BLOCKS,
    why="The hook mounts only what NVIDIA_DRIVER_CAPABILITIES names; utility alone brings nvidia-smi but no CUDA.",
    steps=(by_hand("start the container with NVIDIA_DRIVER_CAPABILITIES=compute,utility"),),
    source="NVIDIA container toolkit README",
    judge=_judge,
    hides=("drv.libcuda-missing", "cuda.*", "torch.*", "jax.*", "ctr.nolib"),
)
