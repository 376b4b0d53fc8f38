"""Did remapping a row of GPU memory fail?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, by_hand, root
from sygaldry.gpu.checks._judges import xids

CHECK: Final = Check(
    id="gpu.xid64",
    title="A row of GPU memory could not be remapped",
    severity=Severity.BLOCKS,
    why="There is no spare row left, or writing the table failed.",
    steps=(
        root("nvidia-smi --gpu-reset -i INDEX"),
        by_hand("if it comes again, run the vendor's field diagnosis and return the card"),
    ),
    source="NVIDIA Xid catalogue, 64: RESET_GPU",
    judge=xids(64),
    hides=("gpu.remap-failure", "gpu.xid63"),
)
