"""May a container open the capability nodes of MIG?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import OUTSIDE_CONTAINER, NotApplicableError, known

_OTHERS_MAY_READ: Final = 0o004
_NO_PERMISSION: Final = 4


def _judge(facts: Facts) -> Evidence | None:
    if not known(facts.platform).container:
        raise NotApplicableError(f"{OUTSIDE_CONTAINER}: most capability nodes are root's by design")
    gpus = known(facts.nvml).gpus
    split = [gpu for gpu in gpus if gpu.mig and gpu.mig[0] == 1]
    if not split:
        raise NotApplicableError("no GPU in MIG mode")
    blind = [gpu for gpu in split if gpu.memory_error == _NO_PERMISSION]
    shut = [
        node.path
        for node in known(facts.nodes)
        if node.is_capability and node.access != "open" and node.mode & _OTHERS_MAY_READ
    ]
    if not shut and not blind:
        return None
    what = f"opening {shut[0]} is denied though its mode allows it" if shut else "NVML may not read the memory"
    return Evidence(f"GPU {split[0].index} is in MIG mode, in a container; {what}")


CHECK: Final = Check(
    id="mig.caps",
    title="The container may not open MIG's capability nodes",
    severity=Severity.BLOCKS,
    why="The device cgroup of an unprivileged container lacks /dev/nvidia-caps. Programs that only compute may still "
    "work, but everything that reads the memory of an instance fails.",
    steps=(
        user("ls -l /dev/nvidia-caps"),
        by_hand("add --device=/dev/nvidia-caps/nvidia-cap2, or NVIDIA_MIG_MONITOR_DEVICES=all, or run it privileged"),
        root("nvidia-ctk config --set nvidia-container-runtime.mode=legacy --in-place"),
    ),
    source="NVIDIA/nvidia-container-toolkit issues 842, 1363 and 1740; k8s-device-plugin issue 1683",
    judge=_judge,
)
