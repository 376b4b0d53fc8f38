"""The GPUs that the loaded kernel module took, as /proc lists them."""

from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Probe, Read
from sygaldry.gpu.recording import Recording

_PATTERN: Final = "/proc/driver/nvidia/gpus/*/information"


@dataclass(frozen=True)
class ProcGpu:
    """One GPU by its PCI address."""

    address: str
    model: str
    minor: str
    excluded: bool


def parse(recording: Recording) -> tuple[ProcGpu, ...]:
    """Read the `Name: value` lines of each GPU."""
    return tuple(_gpu(path.split("/")[5], text) for path, text in recording.texts(_PATTERN).items())


def _gpu(address: str, text: str) -> ProcGpu:
    fields = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in text.splitlines())}
    return ProcGpu(
        address, fields.get("Model", ""), fields.get("Device Minor", ""), fields.get("GPU Excluded") == "Yes"
    )


PROBE: Final = Probe("GPUs of the kernel module", (Read(_PATTERN),), parse)
