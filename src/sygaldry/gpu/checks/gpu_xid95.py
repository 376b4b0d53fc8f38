"""Was there an uncontained memory error?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, by_hand, root
from sygaldry.gpu.checks._judges import xids

CHECK: Final = Check(
    id="gpu.xid95",
    title="A memory error may have touched every program (uncontained)",
    severity=Severity.BLOCKS,
    why="Results of every program on this GPU since then are suspect.",
    steps=(by_hand("stop what uses the GPU"), root("nvidia-smi --gpu-reset -i INDEX")),
    source="NVIDIA Xid catalogue, 95: RESET_GPU",
    judge=xids(95),
    hides=("gpu.xid94", "cuda.ecc"),
)
