"""Is there any engine that can be given the GPUs?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, root, user
from sygaldry.gpu.engine_paths import engine_paths
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known


def _judge(facts: Facts) -> Evidence | None:
    if known(facts.platform).container or facts.environment.get("SYGALDRY_CONTAINER"):
        raise NotApplicableError("this is a container or the sandbox, which was given its GPUs from outside")
    if engine_paths(facts):
        return None
    sandbox = known(facts.sandbox)
    switch = f" ({sandbox.switch})" if sandbox.switch else ""
    return Evidence(
        f"no docker, podman or apptainer with a way to give a GPU; the sandbox cannot start: {sandbox.error}{switch}"
    )


CHECK: Final = Check(
    id="ctr.no-engine",
    title="No engine can be given the GPUs",
    severity=Severity.BLOCKS,
    why="The driver works, but an environment needs an engine, or the user namespaces of the sandbox.",
    steps=(
        user("sygaldry doctor"),
        by_hand("install docker with nvidia-container-toolkit, or apptainer"),
        root("sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 user.max_user_namespaces=15000"),
    ),
    source="user_namespaces(7); Ubuntu 24.04 release notes, unprivileged user namespaces",
    judge=_judge,
)
