"""Did NCCL meet a CUDA error?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, user

CHECK: Final = Check(
    id="nccl.cuda",
    title="NCCL met a CUDA error",
    severity=Severity.DEGRADES,
    why="NCCL only reports it; the CUDA error itself is in its own log or on another rank.",
    steps=(
        user("export NCCL_DEBUG=INFO"),
        user("sygaldry gpu diagnose"),
    ),
    source="NCCL documentation, troubleshooting",
)
