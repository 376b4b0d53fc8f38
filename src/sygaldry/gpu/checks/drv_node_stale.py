"""Do the device nodes have the numbers of the loaded driver?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.probes.nodes import Node
from sygaldry.gpu.unknown import known

_UVM: Final = "/dev/nvidia-uvm"
_NO_DEVICE: Final = ("no-such-device", "no-such-device-or-address")


def _judge(facts: Facts) -> Evidence | None:
    """Compare the nodes with /proc/devices; a node without a device behind it says the same."""
    majors = dict(known(facts.kernel).majors)
    for node in known(facts.nodes):
        if not node.is_driver_node or node.path == "/dev/dxg":
            continue
        own = _own_majors(node, majors)
        if own and node.major >= 0 and node.major not in own:
            return Evidence(f"{node.path} has major {node.major}, the driver has {own[0]} (/proc/devices)")
        if node.access in _NO_DEVICE and not _is_lost(facts):
            return Evidence(f"{node.path} opens no device: {node.access}")
    return None


def _own_majors(node: Node, majors: dict[str, int]) -> list[int]:
    names = ("nvidia-uvm",) if node.path == _UVM else ("nvidia", "nvidia-frontend", "nvidiactl")
    return [majors[name] for name in names if name in majors]


def _is_lost(facts: Facts) -> bool:
    """Whether NVML reports the same GPU as lost, which is another fault."""
    return any(gpu.error for gpu in facts.gpus)


CHECK: Final = Check(
    id="drv.node-stale",
    title="A device node has a number that is not the driver's",
    severity=Severity.BLOCKS,
    why="The kernel gives nvidia-uvm a new major number when the module is loaded again. Nodes made before, in a "
    "container or by hand, then open nothing: cuInit answers 999 while nvidia-smi works.",
    steps=(
        root("rm -f /dev/nvidia-uvm /dev/nvidia-uvm-tools"),
        root("nvidia-modprobe -u -c0"),
        by_hand("a container: start it again; LXC: write the new major into lxc.cgroup2.devices.allow as well"),
    ),
    source="NVIDIA/nvidia-modprobe; Proxmox and LXC reports of GPU passthrough",
    judge=_judge,
    hides=("drv.uvm-missing", "drv.uvm-suspend", "cuda.*", "torch.*", "jax.*"),
)
