"""Does NVML advise a recovery?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    resets = [gpu for gpu in known(facts.nvml).gpus if gpu.error == _RESET_REQUIRED]
    if resets:
        return Evidence(f"NVML cannot read GPU {resets[0].index} before it is reset (code {_RESET_REQUIRED})")
    asked = [gpu for gpu in known(facts.nvml).gpus if gpu.recovery > 0]
    if not asked:
        return None
    action = _ACTIONS.get(asked[0].recovery, f"action {asked[0].recovery}")
    return Evidence(f"NVML advises for GPU {asked[0].index}: {action}")


_RESET_REQUIRED: Final = 16  # nvml.h NVML_ERROR_RESET_REQUIRED
# nvml.h nvmlDeviceGpuRecoveryAction_t
_ACTIONS = {1: "reset the GPU", 2: "reboot the node", 3: "drain peer-to-peer traffic", 4: "drain and reset"}

CHECK: Final = Check(
    id="gpu.recovery",
    title="The driver advises a recovery of the GPU",
    severity=Severity.BLOCKS,
    why="NVML's recovery action is NVIDIA's own judgement of what the GPU needs.",
    steps=(by_hand("do what it advises"), root("nvidia-smi --gpu-reset -i INDEX")),
    source="nvml.h, NVML_FI_DEV_GET_GPU_RECOVERY_ACTION",
    judge=_judge,
    reboot=Reboot.MAYBE,
)
