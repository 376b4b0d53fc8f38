"""May the toolkit change the container's device rules?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, root, user

CHECK: Final = Check(
    id="ctr.device-rules",
    title="The toolkit cannot set the container's device rules",
    severity=Severity.BLOCKS,
    why="An old container toolkit does not know the unified cgroup hierarchy, or a nested engine may not "
    "change it. CDI "
    "leaves the rules to the engine.",
    steps=(
        user("nvidia-ctk --version"),
        root("apt-get install --only-upgrade nvidia-container-toolkit"),
        root("nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"),
    ),
    source="NVIDIA/nvidia-docker issue 1447; NVIDIA container toolkit, troubleshooting",
)
