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
    """A device node; `access` is open, denied or another word of the kernel, `mode` is -1 where it was not recorded."""

    path: str
    kind: str
    access: str
    mode: int = -1
    owner: str = ""  # user:group
    major: int = -1
    ruled_out: bool = False  # the rules of a device cgroup forbid it, not its mode

    @property
    def is_capability(self) -> bool:
        """Whether it is a node of nvidia-caps or IMEX, most of which are root's by design."""
        return self.path.startswith(("/dev/nvidia-caps/", "/dev/nvidia-caps-imex-channels/"))

    @property
    def is_driver_node(self) -> bool:
        """Whether every program that uses the GPU opens it."""
        name = self.path.removeprefix("/dev/nvidia")
        return self.path == "/dev/dxg" or (name != self.path and (name.isdigit() or name in ("ctl", "-uvm")))


def parse(recording: Recording) -> tuple[Node, ...]:
    """Read `kind major:minor mode [owner] access` of each node."""
    found = {path: kind for pattern in PATTERNS for path, kind in recording.names(pattern).items()}
    return tuple(_node(path, kind) for path, kind in sorted(found.items()))


def _node(path: str, text: str) -> Node:
    words = text.split()
    if not words:
        return Node(path, "unknown", "unknown")
    ruled_out = words[-1] == "not-permitted"
    major = words[1].partition(":")[0] if len(words) > 1 else ""
    modes = [word for word in words[1:-1] if len(word) == 4 and not set(word) - set("01234567")]
    owner = next((word for word in words[2:-1] if ":" in word), "")
    return Node(
        path,
        words[0],
        "denied" if ruled_out else words[-1],
        int(modes[0], 8) if modes else -1,
        owner,
        int(major) if major.isdigit() else -1,
        ruled_out,
    )


PROBE: Final = Probe("Device nodes", tuple(Names(pattern) for pattern in PATTERNS), parse)
