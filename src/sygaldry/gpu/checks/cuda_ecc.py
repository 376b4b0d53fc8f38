"""Did CUDA meet an uncorrectable memory error?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, root
from sygaldry.gpu.checks._judges import cuda_answers

CHECK: Final = Check(
    id="cuda.ecc",
    title="Uncorrectable memory error on the GPU",
    severity=Severity.BLOCKS,
    why="The GPU must be reset before it can be used again; the kernel log names the error.",
    steps=(root("dmesg | grep Xid"), root("nvidia-smi --gpu-reset -i INDEX")),
    source="cuda.h CUDA_ERROR_ECC_UNCORRECTABLE",
    judge=cuda_answers(214, "uncorrectable ECC error"),
)
