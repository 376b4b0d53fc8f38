"""Did this container lose its GPU while running?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.probes import nvml
from sygaldry.gpu.unknown import OUTSIDE_CONTAINER, NotApplicableError, known


def _judge(facts: Facts) -> Evidence | None:
    if not known(facts.platform).container:
        raise NotApplicableError(OUTSIDE_CONTAINER)
    answer = known(facts.nvml)
    if answer.code in (nvml.UNKNOWN_ERROR, 17) and "/dev/nvidiactl" in facts.node_paths:
        return Evidence(f"in a container, /dev/nvidiactl exists, NVML answers {answer.code}")
    return None


CHECK: Final = Check(
    id="ctr.cgroup-lost",
    title="The container lost its GPU",
    severity=Severity.BLOCKS,
    why="systemctl daemon-reload on the host rewrote the container's device rules, which the legacy hook had set "
    "without systemd's knowledge. Containers that get their GPU through CDI keep it.",
    steps=(
        by_hand("start the container again; to prevent it, give GPUs through CDI"),
        root("nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"),
    ),
    source="NVIDIA container toolkit, troubleshooting",
    judge=_judge,
    hides=("cuda.*", "torch.*", "jax.*", "ctr.selinux", "ctr.device-rules"),
)
