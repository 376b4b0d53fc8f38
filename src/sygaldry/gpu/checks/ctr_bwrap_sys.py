"""Does a sandbox show /sys?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    answer = known(facts.cuda)
    blind = answer.code == 100 and "/dev/nvidiactl" in facts.node_paths and not known(facts.pci)
    if answer.code == 304 or blind:
        return Evidence(f"cuInit answers {answer.code}; {len(known(facts.pci))} NVIDIA devices in /sys/bus/pci/devices")
    return None


CHECK: Final = Check(
    id="ctr.bwrap-sys",
    title="CUDA finds no /sys",
    severity=Severity.BLOCKS,
    why="The driver looks its devices up in /sys; a sandbox must show it, read-only suffices.",
    steps=(user("ls /sys/bus/pci/devices"), by_hand("add --ro-bind /sys /sys to the sandbox")),
    source="trueforge issue 466; bubblejail issue 123",
    judge=_judge,
    hides=("cuda.visible", "jax.*"),
)
