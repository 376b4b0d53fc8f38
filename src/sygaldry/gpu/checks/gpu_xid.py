"""Did the driver report an error event that no other entry covers?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known
from sygaldry.gpu.xids import meaning

_OWN_ENTRY: Final = frozenset({48, 63, 64, 74, 79, 94, 95, 119, 120, 154, 13, 31, 43, 45, 109, *range(144, 151)})


def _judge(facts: Facts) -> Evidence | None:
    events = [event for event in known(facts.kernel_log).xids if event.number not in _OWN_ENTRY]
    if not events:
        return None
    worst = min(events, key=lambda event: tuple(Severity).index(meaning(event.number).severity))
    known_as = meaning(worst.number)
    what = f"Xid {worst.number} ({known_as.name}) on {worst.address}: {worst.text[:120]}"
    return Evidence(
        f"{what}; NVIDIA advises: {known_as.action}", (by_hand(known_as.action), *_STEPS), known_as.severity
    )


_STEPS: Final = (root("dmesg | grep Xid"),)

CHECK: Final = Check(
    id="gpu.xid",
    title="The driver reports a GPU error (Xid)",
    severity=Severity.WARNING,
    why="NVIDIA's catalogue gives each number its action. A number that it does not list is a warning.",
    steps=_STEPS,
    source="https://docs.nvidia.com/deploy/xid-errors/analyzing-xid-catalog.html",
    judge=_judge,
    reboot=Reboot.MAYBE,
)
