"""Is a setting of rootless engines left over?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known, present


def _judge(facts: Facts) -> Evidence | None:
    docker = present(known(facts.docker), "no docker on this machine")
    if not docker.no_cgroups or docker.rootless:
        return None
    return Evidence(f"docker {docker.version} runs as root, and no-cgroups is on in the toolkit's configuration")


CHECK: Final = Check(
    id="ctr.no-cgroups",
    title="The toolkit sets no device rules, though docker runs as root",
    severity=Severity.BLOCKS,
    why="no-cgroups is for rootless engines. With it a container of docker gets the nodes but may not open them: NVML "
    "says Unknown Error at once.",
    steps=(
        root("nvidia-ctk config --set nvidia-container-cli.no-cgroups=false --in-place"),
        root("systemctl restart docker"),
    ),
    source="NVIDIA/nvidia-container-toolkit issue 580",
    judge=_judge,
)
