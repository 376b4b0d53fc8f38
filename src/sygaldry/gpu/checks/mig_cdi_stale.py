"""Does the CDI specification know the MIG instances?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known


def _judge(facts: Facts) -> Evidence | None:
    split = [gpu for gpu in known(facts.nvml).gpus if gpu.mig and gpu.mig[0] == 1 and gpu.mig_devices > 0]
    specs = known(facts.cdi)
    if not split or not specs:
        raise NotApplicableError("no MIG instance, or no CDI specification")
    if any(":" in name or name.startswith("MIG") for spec in specs for name in spec.devices):
        return None
    return Evidence(f"{split[0].mig_devices} MIG instances on GPU {split[0].index}, none of them in {specs[0].path}")


CHECK: Final = Check(
    id="mig.cdi-stale",
    title="The CDI specification is older than the MIG instances",
    severity=Severity.BLOCKS,
    why="NVIDIA's refresh service does not notice changes of MIG, and docker 29.2 and newer use the specification "
    "for --gpus too.",
    steps=(
        root("systemctl restart nvidia-cdi-refresh"),
        root("nvidia-ctk cdi generate --output=/var/run/cdi/nvidia.yaml"),
    ),
    source="moby/moby issue 52704",
    judge=_judge,
)
