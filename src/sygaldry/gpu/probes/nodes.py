"""The device nodes and whether the caller may open them."""

from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Names, Probe
from sygaldry.gpu.recording import Recording

PERSISTENCE_SOCKET: Final = "/run/nvidia-persistenced/socket"
PATTERNS: Final = (
    "/dev/nvidia*", "/dev/nvidia-caps/*", "/dev/nvidia-caps-imex-channels/*", "/dev/dri/*", "/dev/dxg",
    PERSISTENCE_SOCKET,
)  # fmt: skip


@dataclass(frozen=True)
class Node:
    """A device node; `access` is open, denied or another word of the kernel."""

    path: str
    kind: str
    access: str


def parse(recording: Recording) -> tuple[Node, ...]:
    """Read `kind major:minor mode access` of each node."""
    found = {path: kind for pattern in PATTERNS for path, kind in recording.names(pattern).items()}
    return tuple(Node(path, *_kind_and_access(kind)) for path, kind in sorted(found.items()))


def _kind_and_access(text: str) -> tuple[str, str]:
    words = text.split()
    return (words[0], words[-1]) if words else ("unknown", "unknown")


PROBE: Final = Probe("Device nodes", tuple(Names(pattern) for pattern in PATTERNS), parse)
