"""Is the nvidia runtime registered with docker where it is the only way?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known, present


def _judge(facts: Facts) -> Evidence | None:
    docker = present(known(facts.docker), "no docker on this machine")
    if docker.snap or not docker.tools or "nvidia" in docker.runtimes or known(facts.cdi):
        return None
    if docker.tools & {"nvidia-container-runtime-hook", "nvidia-container-toolkit"}:
        return None
    return Evidence(
        f"docker {docker.version} knows {', '.join(sorted(docker.runtimes))}, there is no CDI specification and no hook"
    )


CHECK: Final = Check(
    id="ctr.no-runtime",
    title="Docker does not know the nvidia runtime",
    severity=Severity.BLOCKS,
    why="The toolkit is installed, but dockerd is not configured for it. A CDI specification would do as well.",
    steps=(root("nvidia-ctk runtime configure --runtime=docker"), root("systemctl restart docker")),
    source="moby runtime_unix.go",
    judge=_judge,
)
