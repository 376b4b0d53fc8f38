"""Is there an IMEX channel for fabric handles?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known

_FOLDER: Final = "/dev/nvidia-caps-imex-channels/"


def _judge(facts: Facts) -> Evidence | None:
    services = known(facts.services)
    if not known(facts.kernel).has_imex or services.imex != "active":
        raise NotApplicableError("no IMEX service is active")
    channels = [node for node in known(facts.nodes) if node.path.startswith(_FOLDER)]
    if not channels:
        return Evidence(f"nvidia-imex is active, and there is no channel in {_FOLDER}")
    shut = [node for node in channels if node.access != "open"]
    return Evidence(f"{shut[0].path} cannot be opened: {shut[0].access}") if len(shut) == len(channels) else None


CHECK: Final = Check(
    id="imex.channels",
    title="There is no usable IMEX channel",
    severity=Severity.WARNING,
    why="Memory handles of the NVLink fabric between processes or nodes need a channel that the caller may open. A "
    "program on one node can do without fabric handles.",
    steps=(
        user("grep nvidia-caps-imex-channels /proc/devices"),
        root("nvidia-modprobe -s -i 0:1"),
        by_hand("container: add --device=/dev/nvidia-caps-imex-channels/channel0, or NVIDIA_IMEX_CHANNELS=0"),
    ),
    source="NVIDIA/nccl issues 1483 and 1632; microsoft/mscclpp issue 467; CUDA driver API, virtual memory management",
    judge=_judge,
)
