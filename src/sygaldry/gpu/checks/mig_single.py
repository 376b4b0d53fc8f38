"""Is the GPU split into MIG instances?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    split = [gpu for gpu in known(facts.nvml).gpus if gpu.mig and gpu.mig[0] == 1 and gpu.mig_devices > 0]
    if not split:
        return None
    count = sum(gpu.mig_devices for gpu in split)
    chosen = facts.environment.get("CUDA_VISIBLE_DEVICES", "").startswith("MIG-")
    # With several instances a program gets the first one only, which surprises; with one there is nothing to choose.
    severity = Severity.WARNING if count > 1 and not chosen else Severity.INFO
    return Evidence(f"GPU {split[0].index} has {split[0].mig_devices} MIG instances", severity=severity)


CHECK: Final = Check(
    id="mig.single",
    title="A process sees one MIG instance only",
    severity=Severity.WARNING,
    why="There is no peer-to-peer traffic between instances, so NCCL cannot join them. Choose one by its UUID.",
    steps=(user("nvidia-smi -L"), user("export CUDA_VISIBLE_DEVICES=MIG-UUID")),
    source="pytorch/pytorch issue 130181",
    judge=_judge,
)
