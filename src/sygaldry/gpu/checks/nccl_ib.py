"""Can NCCL move data between GPUs and InfiniBand adapters?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, by_hand, root, user

CHECK: Final = Check(
    id="nccl.ib",
    title="NCCL's transfers over InfiniBand fail",
    severity=Severity.BLOCKS,
    why="GPUs and adapters speak to each other on PCI Express (GPUDirect RDMA). Access control services (ACS) of the "
    "bridges redirect that traffic, and a wrong or unplugged adapter never answers.",
    steps=(
        user("NCCL_NET_GDR_LEVEL=0 NCCL_DEBUG=INFO COMMAND"),
        user("ibstat"),
        root("lspci -vvv | grep -E 'ACSCtl.*SrcValid\\+'"),
        by_hand(
            "if it works without GPUDirect: switch ACS off in the firmware setup; else name the right adapters in "
            "NCCL_IB_HCA"
        ),
    ),
    source="NVIDIA/nccl issue 928; NCCL documentation, GPU Direct RDMA and PCI Access Control Services",
)
