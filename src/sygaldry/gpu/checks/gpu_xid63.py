"""Was a row of GPU memory marked for remapping?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, by_hand, root
from sygaldry.gpu.checks._judges import xids

CHECK: Final = Check(
    id="gpu.xid63",
    title="A row of GPU memory will be remapped at the next reset",
    severity=Severity.WARNING,
    why="The driver found a bad row and has a spare one. Work may go on; the reset is for a quiet hour.",
    steps=(by_hand("when the GPU is idle:"), root("nvidia-smi --gpu-reset -i INDEX")),
    source="NVIDIA Xid catalogue, 63; NVIDIA A100 memory error management",
    judge=xids(63),
)
