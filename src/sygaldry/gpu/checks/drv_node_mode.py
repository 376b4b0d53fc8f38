"""Do the modes of the device nodes let this caller in?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known
from sygaldry.gpu.withheld import withheld_nodes

_ALL_MAY: Final = 0o006


def _judge(facts: Facts) -> Evidence | None:
    others = withheld_nodes(facts)
    shut = [
        node
        for node in known(facts.nodes)
        if node.is_driver_node
        and node.access == "denied"
        and not node.ruled_out
        and node.path not in others
        and node.mode >= 0
        and node.mode & _ALL_MAY != _ALL_MAY
    ]
    if not shut:
        return None
    owner = f" {shut[0].owner}" if shut[0].owner else ""
    return Evidence(f"{shut[0].path} has mode {shut[0].mode:04o}{owner}, and this caller may not open it")


CHECK: Final = Check(
    id="drv.node-mode",
    title="The device nodes are for a group that the caller is not in",
    severity=Severity.BLOCKS,
    why="Some distributions create the nodes as 0660 root:video. Every user of the GPU must be in that group, in a "
    "container too, or the driver is configured to create nodes for all users.",
    steps=(
        user("ls -l /dev/nvidia*; id"),
        root("usermod -aG video $USER"),
        by_hand("container: add --group-add keep-groups (podman) or --group-add video; then log in again"),
        by_hand("for all users: options nvidia NVreg_DeviceFileMode=0666 in /etc/modprobe.d, then reload the module"),
    ),
    source="NVIDIA/nvidia-container-toolkit issue 580; NVIDIA/nvidia-docker issue 1608",
    judge=_judge,
    hides=("ctr.selinux", "ctr.bwrap-dev", "ctr.cgroup-lost", "cuda.*", "torch.*", "jax.*"),
)
