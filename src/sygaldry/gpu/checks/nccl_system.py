"""Did a system call of NCCL fail?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, user

CHECK: Final = Check(
    id="nccl.system",
    title="A system call of NCCL failed",
    severity=Severity.DEGRADES,
    why="Sockets, shared memory or RDMA of the machine refused NCCL; its log names the call.",
    steps=(
        user("export NCCL_DEBUG=INFO NCCL_DEBUG_SUBSYS=ALL"),
        user("df -h /dev/shm"),
    ),
    source="NCCL documentation, troubleshooting",
)
