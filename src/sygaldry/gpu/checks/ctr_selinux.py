"""May a container open the device nodes it was given?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, user
from sygaldry.gpu.checks._judges import denied
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import OUTSIDE_CONTAINER, NotApplicableError, known


def _judge(facts: Facts) -> Evidence | None:
    if not known(facts.platform).container:
        raise NotApplicableError(OUTSIDE_CONTAINER)
    path = denied(facts)
    return Evidence(f"in a container, opening {path} is denied") if path else None


CHECK: Final = Check(
    id="ctr.selinux",
    title="The container may not open the device nodes",
    severity=Severity.BLOCKS,
    why="SELinux labels keep containers from devices, or the device cgroup does.",
    steps=(user("podman run --security-opt=label=disable --device nvidia.com/gpu=all IMAGE nvidia-smi"),),
    source="NVIDIA container toolkit, troubleshooting",
    judge=_judge,
    hides=("cuda.*", "torch.*", "jax.*"),
)
