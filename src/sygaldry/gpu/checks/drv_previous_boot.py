"""Did the last boot end with a GPU error?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known
from sygaldry.gpu.xids import meaning


def _judge(facts: Facts) -> Evidence | None:
    grave = [event for event in known(facts.kernel_log).before if meaning(event.number).severity is Severity.BLOCKS]
    if not grave:
        return None
    last = grave[-1]
    return Evidence(f"before the last reboot: Xid {last.number} on {last.address}: {last.text[:160]}")


CHECK: Final = Check(
    id="drv.previous-boot",
    title="The boot before this one had a grave GPU error",
    severity=Severity.INFO,
    why="A reboot clears most of them. An error that comes again points to the hardware.",
    steps=(root("journalctl --dmesg --boot -1 --grep 'Xid|NVRM' --no-pager"),),
    source="NVIDIA Xid catalogue",
    judge=_judge,
)
