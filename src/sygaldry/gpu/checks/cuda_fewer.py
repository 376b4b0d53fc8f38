"""Does CUDA see as many GPUs as NVML?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known


def _judge(facts: Facts) -> Evidence | None:
    answer, gpus = known(facts.cuda), known(facts.nvml).gpus
    if facts.environment.get("CUDA_VISIBLE_DEVICES") is not None or any(gpu.mig and gpu.mig[0] for gpu in gpus):
        raise NotApplicableError("CUDA_VISIBLE_DEVICES or MIG decides what CUDA sees")
    if answer.code != 0 or not 0 <= answer.devices < len(gpus):
        return None
    return Evidence(f"CUDA sees {answer.devices} GPUs, NVML sees {len(gpus)}")


CHECK: Final = Check(
    id="cuda.fewer",
    title="CUDA sees fewer GPUs than the driver",
    severity=Severity.DEGRADES,
    why="A GPU that NVML lists but CUDA does not see cannot compute.",
    steps=(user("nvidia-smi"), root("dmesg | grep -E 'NVRM|Xid' | tail")),
    source="pytorch/pytorch issue 95784; CUDA programming guide",
    judge=_judge,
)
