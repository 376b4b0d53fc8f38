"""Did the container toolkit bring all libraries of the Windows driver?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known

_NOT_FOUND: Final = 500


def _judge(facts: Facts) -> Evidence | None:
    if known(facts.platform).kind != "wsl":
        raise NotApplicableError("not WSL")
    answer = known(facts.cuda)
    if answer.code != _NOT_FOUND:
        return None
    return Evidence("cuInit answers 500 (named symbol not found) in WSL: a library of the Windows driver is missing")


CHECK: Final = Check(
    id="wsl.toolkit-old",
    title="The container toolkit is older than the Windows driver",
    severity=Severity.BLOCKS,
    why="Newer Windows drivers come with further libraries (libnvdxgdmal.so.1), which an old toolkit or Docker Desktop "
    "does not put into containers. CUDA then misses a symbol.",
    steps=(
        user("ls /usr/lib/wsl/lib/libnvdxgdmal.so.1"),
        root("apt-get install --only-upgrade nvidia-container-toolkit"),
        by_hand("Docker Desktop: update it; then start the container again"),
    ),
    source="NVIDIA/nvidia-container-toolkit issue 520",
    judge=_judge,
    hides=("cuda.*", "torch.*", "jax.*"),
)
