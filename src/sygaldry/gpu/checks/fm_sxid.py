"""Does an NVSwitch report errors?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    events = known(facts.kernel_log).sxids
    if not events:
        return None
    fatal = [event for event in events if event.text.lower().startswith("fatal")]
    event = (fatal or list(events))[-1]
    severity = Severity.BLOCKS if fatal else Severity.WARNING
    return Evidence(f"SXid {event.number} on {event.address}: {event.text[:160]} ({len(events)} events)", (), severity)


CHECK: Final = Check(
    id="fm.sxid",
    title="An NVSwitch reports an error (SXid)",
    severity=Severity.BLOCKS,
    why="A fatal event stops the traffic between GPUs; programs on one GPU may still work.",
    steps=(
        root("dmesg | grep SXid"),
        root("systemctl restart nvidia-fabricmanager"),
        by_hand("a fatal event: reset all GPUs and switches together, or power the machine off and on"),
    ),
    source="NVIDIA fabric manager user guide, SXid errors",
    judge=_judge,
    reboot=Reboot.MAYBE,
)
