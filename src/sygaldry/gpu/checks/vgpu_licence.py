"""Has a virtual GPU its licence?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known


def _judge(facts: Facts) -> Evidence | None:
    virtual = [gpu for gpu in known(facts.nvml).gpus if gpu.is_virtual or gpu.licence]
    if not virtual:
        raise NotApplicableError("no virtual GPU")
    bare = [gpu for gpu in virtual if gpu.licence == "unlicensed"]
    if bare:
        return Evidence(f"GPU {bare[0].index} ({bare[0].name}) is a virtual GPU without a licence (NVML)")
    if any(gpu.licence == "licensed" for gpu in virtual):
        return None
    name = f"GPU {virtual[0].index} ({virtual[0].name})"
    return Evidence(f"{name} is a virtual GPU, and its licence was not recorded", severity=Severity.WARNING)


CHECK: Final = Check(
    id="vgpu.licence",
    title="A virtual GPU has no proven licence",
    severity=Severity.BLOCKS,
    why="Without a licence a virtual GPU works for some minutes, then slows down and refuses new programs: busy or "
    "unavailable. nvidia-smi looks healthy all the while.",
    steps=(
        user("nvidia-smi -q | grep -i -A2 license"),
        user("systemctl status nvidia-gridd --no-pager"),
        by_hand("ask the provider for the licence token, then: sudo systemctl restart nvidia-gridd"),
    ),
    source="DDMAL/Rodan issue 1332; Azure/AKS issue 4870; NVIDIA virtual GPU client licensing guide",
    judge=_judge,
)
