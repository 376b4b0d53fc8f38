"""Does Docker Desktop's virtual machine stand between docker and the GPU?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known, present


def _judge(facts: Facts) -> Evidence | None:
    docker = present(known(facts.docker), "no docker on this machine")
    if not docker.is_desktop or known(facts.platform).kind == "wsl":
        raise NotApplicableError("docker does not run in a virtual machine of Docker Desktop")
    return Evidence(f"docker {docker.version} answers from {docker.system}")


CHECK: Final = Check(
    id="ctr.desktop",
    title="Docker Desktop for Linux gives no GPU",
    severity=Severity.BLOCKS,
    why="Its containers run in a virtual machine without the host's GPU. A docker engine of the host can give one.",
    steps=(
        user("docker context ls"),
        user("docker context use default"),
        by_hand("without a docker engine on the host: install docker-ce"),
    ),
    source="docker/desktop-linux documentation, contexts; NVIDIA/nvidia-docker issue 1682",
    judge=_judge,
    hides=("ctr.no-toolkit", "ctr.no-runtime", "ctr.nolib", "ctr.snap"),
)
