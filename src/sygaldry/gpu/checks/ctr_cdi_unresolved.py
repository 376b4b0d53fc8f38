"""Is there a CDI specification where podman needs one?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import Unknown, known, present
from sygaldry.gpu.versions import format_version


def _judge(facts: Facts) -> Evidence | None:
    version = present(known(facts.podman), "no podman on this machine")
    if known(facts.cdi) or (not isinstance(facts.docker, Unknown) and facts.docker is not None):
        return None
    return Evidence(f"podman {format_version(version)}, and no CDI specification in /etc/cdi or /var/run/cdi")


CHECK: Final = Check(
    id="ctr.cdi-unresolved",
    title="There is no CDI specification for the GPUs",
    severity=Severity.BLOCKS,
    why="Podman gives GPUs through CDI only; the specification must exist and be readable by the caller.",
    steps=(
        root("nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"),
        root("chmod a+r /etc/cdi/nvidia.yaml"),
        user("nvidia-ctk cdi list"),
    ),
    source="NVIDIA/nvidia-container-toolkit issue 146",
    said=(r"unresolvable CDI devices nvidia\.com/gpu",),
    judge=_judge,
)
