"""Are there links of /dev/char to the device nodes?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known, present


def _judge(facts: Facts) -> Evidence | None:
    docker = present(known(facts.docker), "no docker on this machine")
    if docker.rootless or docker.is_desktop or docker.cgroup_driver != "systemd":
        raise NotApplicableError("docker does not leave the device rules to systemd")
    if docker.cdi_devices or known(facts.cdi):
        raise NotApplicableError("GPUs are given through CDI, whose devices the engine knows itself")
    linked = known(facts.dev_char).linked
    missing = [node.path for node in known(facts.nodes) if node.is_driver_node and node.path not in linked]
    if not missing:
        return None
    text = f"/dev/char has no link to {missing[0]} ({len(missing)} such nodes); docker {docker.version} uses systemd"
    return Evidence(text, severity=Severity.WARNING)


CHECK: Final = Check(
    id="ctr.dev-char",
    title="The links of /dev/char to the device nodes are missing",
    severity=Severity.BLOCKS,
    why="runc finds devices through /dev/char. Without the links a container loses its GPU when systemd reloads.",
    steps=(
        root("nvidia-ctk system create-dev-char-symlinks --create-all"),
        user("ls -l /dev/char | grep nvidia"),
    ),
    source="NVIDIA container toolkit, troubleshooting; NVIDIA/nvidia-docker issue 1730",
    judge=_judge,
)
