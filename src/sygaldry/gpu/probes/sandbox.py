"""Whether Sygaldry's own sandbox can start here: bubblewrap needs namespaces, which some systems forbid."""

from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Probe, Read, Run
from sygaldry.gpu.probes._child import child_answer
from sygaldry.gpu.recording import Recording

# Ubuntu 24.04, Debian, and every kernel: what usually forbids them.
_SWITCHES: Final = {
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1",
    "/proc/sys/kernel/unprivileged_userns_clone": "0",
    "/proc/sys/user/max_user_namespaces": "0",
}


@dataclass(frozen=True)
class Sandbox:
    """`error` is what the kernel answered, empty where namespaces work; `switch` is the setting that forbids them."""

    error: str
    switch: str = ""


def parse(recording: Recording) -> Sandbox:
    """Read what gpu/programs/namespaces.py printed."""
    table = child_answer(recording, "namespaces", "namespaces")
    off = [path for path, value in _SWITCHES.items() if (recording.text(path) or "").strip() == value]
    return Sandbox(str(table["error"]), off[0] if off else "")


PROBE: Final = Probe("Sandbox", (Run("namespaces", program="namespaces"), *(Read(path) for path in _SWITCHES)), parse)
