"""Are the GPUs of a confidential machine ready for work?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, Unknown, known

_WAITING: Final = (1, 2)  # nvml.h nvmlGpuFabricState_t: not started, in progress


def _judge(facts: Facts) -> Evidence | None:
    mode = None if isinstance(facts.nvml, Unknown) else facts.nvml.confidential
    if mode is not None and mode[0] and not mode[1]:
        return Evidence("confidential computing is on, and the GPUs are not in the ready state (NVML)")
    if known(facts.cuda).code != 802:
        return None
    if any(device.kind == "nvswitch" for device in known(facts.pci)):
        raise NotApplicableError("an NVSwitch is on the bus: the fabric manager decides")
    if not isinstance(facts.nvml, Unknown) and any(gpu.fabric in _WAITING for gpu in facts.nvml.gpus):
        raise NotApplicableError("a GPU waits for its NVLink fabric")  # NVLink 5 has its switches behind InfiniBand
    return Evidence("cuInit answers 802 (the system is not initialised yet), and no NVSwitch is on the bus")


CHECK: Final = Check(
    id="cc.not-ready",
    title="The GPU waits to be made ready",
    severity=Severity.BLOCKS,
    why="With confidential computing the GPU accepts no work until its attestation set the ready state. In a virtual "
    "machine with SXM GPUs the other cause is the host's fabric manager, which has not joined this GPU.",
    steps=(
        user("nvidia-smi conf-compute -f"),
        root("nvidia-smi conf-compute -srs 1"),
        by_hand("without confidential computing: check the fabric manager of the host that owns the NVSwitches"),
    ),
    source="NVIDIA/nvtrust issues 37, 39 and 56",
    judge=_judge,
    hides=("cuda.init", "torch.*", "jax.*"),
)
