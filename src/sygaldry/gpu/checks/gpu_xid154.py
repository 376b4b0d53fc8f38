"""Did the driver itself ask for a recovery?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand, root
from sygaldry.gpu.checks._judges import xid_evidence
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    log = known(facts.kernel_log)
    asked = [xid for xid in log.xids if xid.number == 154]
    if not asked or "(None)" in asked[-1].text.rpartition(" to ")[2]:
        return None
    return xid_evidence(facts, 154)


CHECK: Final = Check(
    id="gpu.xid154",
    title="The driver asks for a recovery of the GPU",
    severity=Severity.BLOCKS,
    why="The driver names the action itself, which is worth more than any table of ours: reset, reboot, or drain "
    "first.",
    steps=(
        by_hand("do what the line says: GPU Reset, Node Reboot, Drain P2P, or Drain and Reset"),
        root("nvidia-smi --gpu-reset -i INDEX"),
    ),
    source="NVIDIA Xid catalogue, 154",
    judge=_judge,
    reboot=Reboot.MAYBE,
    hides=("gpu.recovery", "gpu.xid-application"),
)
