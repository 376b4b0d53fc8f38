"""Was there a contained memory error?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, by_hand, root
from sygaldry.gpu.checks._judges import xids

CHECK: Final = Check(
    id="gpu.xid94",
    title="A memory error ended one program (contained)",
    severity=Severity.DEGRADES,
    why="The error stayed within one program, which was ended; others are untouched.",
    steps=(
        by_hand("start the program again; reset the GPU at a quiet hour"),
        root("nvidia-smi --gpu-reset -i INDEX"),
    ),
    source="NVIDIA Xid catalogue, 94: RESTART_APP",
    judge=xids(94),
)
