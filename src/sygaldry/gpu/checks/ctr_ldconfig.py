"""Can the toolkit's hook run ldconfig in containers?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known, present

# Rolling distributions, whose ldconfig the hook runs inside older images.
_ROLLING: Final = ("arch linux", "manjaro", "endeavouros", "cachyos", "opensuse tumbleweed", "garuda")


def _judge(facts: Facts) -> Evidence | None:
    docker = present(known(facts.docker), "no docker on this machine")
    system = known(facts.platform).system
    if not system.lower().startswith(_ROLLING):
        raise NotApplicableError("not a rolling distribution")
    if known(facts.cdi) or docker.cdi_devices or docker.toolkit_mode in ("cdi", "jit-cdi"):
        return None
    mode = docker.toolkit_mode or "auto"
    text = f"{system}: the toolkit's mode is {mode}, and there is no CDI specification, so its hook runs ldconfig"
    return Evidence(text, severity=Severity.WARNING)


CHECK: Final = Check(
    id="ctr.ldconfig",
    title="The toolkit's hook cannot run ldconfig in the container",
    severity=Severity.BLOCKS,
    why="In the legacy mode the hook runs the host's ldconfig inside the container. Limits, seccomp rules or a newer "
    "glibc end it, and the container does not start. CDI needs no such hook for docker 28.3 and newer.",
    steps=(
        root("nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"),
        root("nvidia-ctk config --set nvidia-container-runtime.mode=cdi --in-place"),
        root("systemctl restart docker"),
    ),
    source="NVIDIA/nvidia-container-toolkit issue 1246; k8s-device-plugin issue 1400; nvidia-docker issue 1456",
    judge=_judge,
)
