"""Are there links of /dev/char to the device nodes?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, root, user

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
)
