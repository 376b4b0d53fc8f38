"""Is there a CDI specification where podman needs one?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.probes.cdi import CdiSpec
from sygaldry.gpu.probes.docker import Docker
from sygaldry.gpu.unknown import Unknown, known, present
from sygaldry.gpu.versions import format_version


def _judge(facts: Facts) -> Evidence | None:
    docker = None if isinstance(facts.docker, Unknown) else facts.docker
    if docker is not None and docker.rootless:
        return _rootless(docker, known(facts.cdi))
    version = present(known(facts.podman), "no podman on this machine")
    if known(facts.cdi) or (not isinstance(facts.docker, Unknown) and facts.docker is not None):
        return None
    return Evidence(f"podman {format_version(version)}, and no CDI specification in /etc/cdi or /var/run/cdi")


def _rootless(docker: Docker, specs: tuple[CdiSpec, ...]) -> Evidence | None:
    """A rootless daemon lives in a mount namespace of its own, and reads folders of the user."""
    if not specs or docker.cdi_devices or any(spec.is_users for spec in specs):
        return None
    folders = ", ".join(docker.cdi_folders) or "no folder"
    return Evidence(
        f"docker {docker.version} is rootless and lists no CDI device; it reads {folders}, the specification is "
        f"{specs[0].path}",
        (
            user("mkdir -p ~/.config/cdi && nvidia-ctk cdi generate --output=$HOME/.config/cdi/nvidia.yaml"),
            by_hand('add "cdi-spec-dirs": ["/home/USER/.config/cdi"] to ~/.config/docker/daemon.json'),
            user("systemctl --user restart docker"),
        ),
    )


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
    judge=_judge,
)
