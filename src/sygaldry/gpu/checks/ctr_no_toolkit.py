"""Can docker give a GPU to a container at all?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known, present


def _judge(facts: Facts) -> Evidence | None:
    docker = present(known(facts.docker), "no docker on this machine")
    if "nvidia" in docker.runtimes or docker.tools or docker.snap or known(facts.cdi):
        return None
    return Evidence(f"docker {docker.version}: no nvidia runtime, no NVIDIA hook, no CDI specification")


CHECK: Final = Check(
    id="ctr.no-toolkit",
    title="Docker has no NVIDIA container toolkit",
    severity=Severity.BLOCKS,
    why="Docker itself knows no GPUs; the toolkit brings the hook and the CDI specification that give them to "
    "containers.",
    steps=(root("apt-get install nvidia-container-toolkit"), root("systemctl restart docker")),
    source="moby handleDevice; NVIDIA container toolkit install guide",
    judge=_judge,
    hides=("ctr.no-runtime",),
)
