"""Is a Linux driver installed inside WSL?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, Unknown, known


def _judge(facts: Facts) -> Evidence | None:
    if known(facts.platform).kind != "wsl":
        raise NotApplicableError("not WSL")
    if known(facts.platform).container:
        raise NotApplicableError("a container gets the driver of WSL from the toolkit")
    path = "" if isinstance(facts.libraries, Unknown) else facts.libraries.cache.get("libcuda.so.1", "")
    if path and not path.startswith("/usr/lib/wsl/"):
        return Evidence(f"the loader takes {path} instead of the one in /usr/lib/wsl/lib")
    if not isinstance(facts.packages, Unknown) and facts.packages.has_driver:
        return Evidence("driver packages are installed inside WSL")
    return None


CHECK: Final = Check(
    id="wsl.driver-inside",
    title="A Linux driver is installed inside WSL",
    severity=Severity.BLOCKS,
    why="WSL uses the driver of Windows through /usr/lib/wsl/lib; a Linux driver shadows it and finds no device.",
    steps=(
        user("dpkg -l '*nvidia*' | grep ^ii"),
        by_hand("remove the listed driver packages (not the container toolkit), update the driver in Windows"),
    ),
    source="NVIDIA CUDA on WSL user guide",
    judge=_judge,
    hides=("cuda.*", "torch.*", "jax.*", "drv.*"),
)
