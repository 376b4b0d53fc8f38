"""Can the hook of a rootless docker work?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known, present


def _judge(facts: Facts) -> Evidence | None:
    docker = present(known(facts.docker), "no docker on this machine")
    if not docker.rootless:
        raise NotApplicableError("docker runs as root")
    if docker.no_cgroups or known(facts.cdi) or not docker.tools:
        return None
    return Evidence(f"docker {docker.version} is rootless, no-cgroups is not set, and there is no CDI specification")


CHECK: Final = Check(
    id="ctr.rootless",
    title="Rootless docker cannot set device rules",
    severity=Severity.BLOCKS,
    why="The hook wants to change cgroups, which a rootless engine may not. With CDI the question does not arise.",
    steps=(
        root("nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"),
        root("nvidia-ctk config --set nvidia-container-cli.no-cgroups --in-place"),
    ),
    source="NVIDIA container toolkit install guide, rootless mode",
    judge=_judge,
    hides=("ctr.no-runtime",),
)
