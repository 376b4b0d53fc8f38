"""Does WSL provide /dev/dxg?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known


def _judge(facts: Facts) -> Evidence | None:
    if known(facts.platform).kind != "wsl":
        raise NotApplicableError("not WSL")
    return None if "/dev/dxg" in facts.node_paths else Evidence("/dev/dxg is absent")


CHECK: Final = Check(
    id="wsl.nodxg",
    title="WSL has no /dev/dxg",
    severity=Severity.BLOCKS,
    why="The GPU of Windows comes through this node; an old WSL, WSL 1 or a Windows without a GPU driver lacks it.",
    steps=(by_hand("in Windows: wsl --update, then wsl --shutdown; install NVIDIA's Windows driver"),),
    source="Microsoft WSL documentation",
    judge=_judge,
    hides=("wsl.driver-inside", "wsl.path", "cuda.*", "torch.*", "jax.*", "drv.*"),
)
