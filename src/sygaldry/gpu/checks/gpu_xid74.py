"""Are the NVLink connections sound?"""

from typing import Final

from sygaldry.gpu.checks import Check, Reboot, Severity, root, user
from sygaldry.gpu.checks._judges import xids

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
    judge=xids(74, *range(144, 151)),
    reboot=Reboot.MAYBE,
)
