"""Are the NVLink connections sound?"""

from typing import Final

from sygaldry.gpu.checks import Check, Reboot, Severity, Sign, root, user
from sygaldry.gpu.checks._xid import xid_sign
from sygaldry.gpu.facts import Facts


def _judge(facts: Facts) -> Sign | None:
    return xid_sign(facts, 74, *range(144, 151))


CHECK: Final = Check(
    id="gpu.xid74",
    title="Errors on NVLink",
    severity=Severity.DEGRADES,
    why="Programs on several GPUs fail or slow down; one GPU alone may still work.",
    steps=(
        user("nvidia-smi nvlink --status"),
        root("nvidia-smi --gpu-reset -i INDEX"),
        root("systemctl restart nvidia-fabricmanager"),
    ),
    source="NVIDIA Xid catalogue, 74 and 144 to 150",
    judge=_judge,
    reboot=Reboot.MAYBE,
)
