"""Did an administrator exclude a GPU from the driver?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    excluded = [gpu.address for gpu in known(facts.proc_gpus) if gpu.excluded]
    return Evidence(f"the driver excludes {', '.join(excluded)}") if excluded else None


CHECK: Final = Check(
    id="gpu.excluded",
    title="A GPU is excluded from the driver",
    severity=Severity.WARNING,
    why="The module option NVreg_ExcludedGpus keeps it from every program, usually because it is broken.",
    steps=(user("grep -r NVreg_ExcludedGpus /etc/modprobe.d"), by_hand("remove the option and reload the module")),
    source="NVIDIA driver README, GPU exclusion",
    judge=_judge,
)
