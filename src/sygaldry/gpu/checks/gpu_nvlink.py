"""Are all NVLink connections up?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known


def _judge(facts: Facts) -> Evidence | None:
    linked = [gpu for gpu in known(facts.nvml).gpus if gpu.nvlinks and gpu.nvlinks[0]]
    if len(linked) < 2:
        raise NotApplicableError("fewer than two GPUs use NVLink")
    most = max(gpu.nvlinks[0] for gpu in linked if gpu.nvlinks)
    fewer = [gpu for gpu in linked if gpu.nvlinks and gpu.nvlinks[0] < most]
    if not fewer or not fewer[0].nvlinks:
        return None
    return Evidence(f"GPU {fewer[0].index} has {fewer[0].nvlinks[0]} active NVLink connections, the others have {most}")


CHECK: Final = Check(
    id="gpu.nvlink",
    title="A GPU has fewer NVLink connections than the others",
    severity=Severity.DEGRADES,
    why="Traffic between GPUs is slower, and NCCL may choose another way.",
    steps=(user("nvidia-smi nvlink --status"), root("nvidia-smi --gpu-reset -i INDEX")),
    source="NVML nvmlDeviceGetNvLinkState; leptonai/gpud NVLink component",
    judge=_judge,
    reboot=Reboot.MAYBE,
)
