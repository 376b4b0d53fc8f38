"""Did programs crash on the GPU?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, by_hand
from sygaldry.gpu.checks._judges import xids

CHECK: Final = Check(
    id="gpu.xid-application",
    title="Programs crashed on the GPU",
    severity=Severity.INFO,
    why="Illegal accesses, time-outs and the clean-up after them come from programs, not from the hardware.",
    steps=(
        by_hand("look for the bug in the program (compute-sanitizer finds it); 109 alone asks for a reset of the GPU"),
    ),
    source="NVIDIA Xid catalogue, 13, 31, 43, 45, 109",
    judge=xids(13, 31, 43, 45, 109),
)
