"""Does the Windows driver model let WSL use the GPU?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known

_BLOCKED: Final = 17


def _judge(facts: Facts) -> Evidence | None:
    if known(facts.platform).kind != "wsl":
        raise NotApplicableError("not WSL")
    answer = known(facts.nvml)
    if answer.code != _BLOCKED:
        return None
    return Evidence("NVML answers 17 (blocked by the operating system) in WSL, and /dev/dxg is there")


CHECK: Final = Check(
    id="wsl.tcc",
    title="Windows keeps the GPU from WSL",
    severity=Severity.BLOCKS,
    why="WSL reaches only GPUs whose Windows driver runs in the WDDM or MCDM model. Data-centre GPUs on Windows Server "
    "start in TCC.",
    steps=(
        by_hand(
            "in Windows, as administrator: nvidia-smi -g INDEX -dm 0 (WDDM), or -dm 2 (MCDM), then restart Windows"
        ),
        by_hand("then: wsl --shutdown"),
    ),
    source="microsoft/WSL issues 11865 and 14339; NVIDIA CUDA on WSL user guide",
    judge=_judge,
    reboot=Reboot.YES,
    hides=("cuda.*", "torch.*", "jax.*", "wsl.driver-inside", "ctr.cgroup-lost"),
)
