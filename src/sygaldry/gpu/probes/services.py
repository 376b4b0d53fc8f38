"""NVIDIA's services: the fabric manager of NVSwitch machines and the persistence daemon."""

from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Probe, Read, Run
from sygaldry.gpu.recording import Recording


@dataclass(frozen=True)
class Services:
    """States are systemd's words, empty if systemd did not report one; `fabric_log` is the fabric manager's own log."""

    fabric_manager: str
    persistenced: str
    fabric_log: str
    imex: str = ""


def parse(recording: Recording) -> Services:
    """Read `systemctl is-active`, whose words say more than its exit codes."""
    return Services(
        _state(recording, "fabric-manager"),
        _state(recording, "persistenced"),
        recording.text("/var/log/fabricmanager.log") or "",
        _state(recording, "imex"),
    )


def _state(recording: Recording, name: str) -> str:
    answer = recording.output(name)
    return answer.out.strip().split("\n")[0] if answer else ""


PROBE: Final = Probe(
    "Services",
    (
        Run("fabric-manager", ("systemctl", "is-active", "nvidia-fabricmanager")),
        Run("persistenced", ("systemctl", "is-active", "nvidia-persistenced")),
        Run("imex", ("systemctl", "is-active", "nvidia-imex")),
        Read("/var/log/fabricmanager.log"),
    ),
    parse,
)
