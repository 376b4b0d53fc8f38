"""Does the driver stay awake between programs?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.gpus import CONSUMER
from sygaldry.gpu.unknown import Unknown, known


def _judge(facts: Facts) -> Evidence | None:
    asleep = [gpu for gpu in known(facts.nvml).gpus if gpu.persistence == 0 and gpu.brand not in CONSUMER]
    if not asleep or (not isinstance(facts.services, Unknown) and facts.services.persistenced == "active"):
        return None
    return Evidence(f"persistence mode is off on {len(asleep)} GPUs and nvidia-persistenced is not active")


CHECK: Final = Check(
    id="gpu.persistence",
    title="Persistence mode is off",
    severity=Severity.INFO,
    why="Without it the driver shuts the GPU down after the last program and every start waits for it again.",
    steps=(root("systemctl enable --now nvidia-persistenced"),),
    source="NVIDIA driver persistence documentation",
    judge=_judge,
)
