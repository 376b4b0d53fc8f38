"""Does the GPU use its whole PCI Express width?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    narrow = [gpu for gpu in known(facts.nvml).gpus if gpu.pcie_width and 0 < gpu.pcie_width[0] < gpu.pcie_width[1]]
    if not narrow or not narrow[0].pcie_width:
        return None
    now, most = narrow[0].pcie_width
    return Evidence(f"GPU {narrow[0].index} uses {now} of {most} PCI Express lanes")


CHECK: Final = Check(
    id="gpu.pcie",
    title="The GPU uses fewer PCI Express lanes than it has",
    severity=Severity.INFO,
    why="The slot or a riser has fewer lanes, or some of them failed. Copies between host and GPU are slower.",
    steps=(user("nvidia-smi -q -d PCI"), by_hand("if it had more lanes before: reseat the card")),
    source="NVML nvmlDeviceGetCurrPcieLinkWidth",
    judge=_judge,
)
