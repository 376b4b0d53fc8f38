"""Was there an uncorrectable memory error?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, by_hand, root
from sygaldry.gpu.checks._judges import xids

CHECK: Final = Check(
    id="gpu.xid48",
    title="Double-bit error in GPU memory",
    severity=Severity.BLOCKS,
    why="Follow the events that came with it (63, 64, 94, 95); without them, drain the GPU and reset it.",
    steps=(by_hand("stop what uses the GPU"), root("nvidia-smi --gpu-reset -i INDEX")),
    source="NVIDIA Xid catalogue, 48; NVIDIA A100 memory error management",
    judge=xids(48),
    hides=("cuda.ecc",),
)
