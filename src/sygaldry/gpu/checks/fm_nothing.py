"""Is the fabric manager's warning about nothing to do harmless here?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    return (
        Evidence("fabricmanager.log says NV_WARN_NOTHING_TO_DO")
        if "NV_WARN_NOTHING_TO_DO" in known(facts.services).fabric_log
        else None
    )


CHECK: Final = Check(
    id="fm.nothing",
    title="The fabric manager has nothing to do",
    severity=Severity.INFO,
    why="The machine has no NVSwitch; the message is no error.",
    steps=(root("systemctl disable --now nvidia-fabricmanager"),),
    source="leptonai/gpud fabric-manager component",
    judge=_judge,
    hides=("fm.down",),
)
