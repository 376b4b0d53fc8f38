"""Does the CDI specification fit the loaded driver?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known


def _judge(facts: Facts) -> Evidence | None:
    specs = known(facts.cdi)
    if not specs:
        raise NotApplicableError("no CDI specification")
    reasons = [reason for spec in specs if (reason := spec.stale(facts.driver, facts.node_paths))]
    return Evidence(reasons[0]) if reasons else None


CHECK: Final = Check(
    id="ctr.cdi-stale",
    title="The CDI specification is of another driver",
    severity=Severity.BLOCKS,
    why="It was written before the driver or the devices changed, and names files that are no longer there.",
    steps=(root("nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"), user("nvidia-ctk cdi list")),
    source="NVIDIA/nvidia-container-toolkit issue 885",
    judge=_judge,
)
