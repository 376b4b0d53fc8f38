"""Does docker come from a snap that hides the driver?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known, present


def _judge(facts: Facts) -> Evidence | None:
    docker = present(known(facts.docker), "no docker on this machine")
    if not docker.snap:
        raise NotApplicableError("docker is not from a snap")
    return (
        None
        if "nvidia" in docker.runtimes
        else Evidence(f"docker {docker.version} is a snap (its root is in /var/snap) and has no nvidia runtime")
    )


CHECK: Final = Check(
    id="ctr.snap",
    title="Docker from a snap does not see the driver",
    severity=Severity.BLOCKS,
    why="A snap lives in its own root; the host's toolkit is not in it.",
    steps=(
        user("snap logs docker.nvidia-container-toolkit"),
        by_hand("take a current docker snap, or docker-ce from Docker's own repository"),
    ),
    source="docker-snap issues 148 and 180",
    judge=_judge,
    hides=("ctr.no-toolkit", "ctr.no-runtime", "ctr.nolib"),
)
