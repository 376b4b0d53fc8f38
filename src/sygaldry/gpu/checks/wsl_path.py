"""Is WSL's nvidia-smi on the PATH?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known


def _judge(facts: Facts) -> Evidence | None:
    platform = known(facts.platform)
    if platform.kind != "wsl":
        raise NotApplicableError("not WSL")
    if "nvidia-smi" in platform.wsl_libraries and "/usr/lib/wsl/lib" not in platform.path and known(facts.smi) is None:
        return Evidence("nvidia-smi is in /usr/lib/wsl/lib, which is not on the PATH")
    return None


CHECK: Final = Check(
    id="wsl.path",
    title="WSL's nvidia-smi is not on the PATH",
    severity=Severity.WARNING,
    why="Only a convenience is missing; CUDA works without nvidia-smi.",
    steps=(user("export PATH=$PATH:/usr/lib/wsl/lib"),),
    source="NVIDIA CUDA on WSL user guide",
    judge=_judge,
)
