"""NVIDIA devices on the PCI bus and the kernel driver that holds each."""

from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Links, Probe, Read
from sygaldry.gpu.recording import Recording

_DEVICES: Final = "/sys/bus/pci/devices/"


@dataclass(frozen=True)
class PciDevice:
    """One NVIDIA device; `driver` is empty if none holds it."""

    address: str
    kind: str  # gpu, nvswitch or other
    device: str
    driver: str


def parse(recording: Recording) -> tuple[PciDevice, ...]:
    """Keep what NVIDIA made; the sound function of a GPU is another device."""
    vendors = recording.texts(f"{_DEVICES}*/vendor")
    drivers = recording.pointers(f"{_DEVICES}*/driver")
    return tuple(
        PciDevice(
            address=folder.removeprefix(_DEVICES),
            kind=_kind(recording.text(f"{folder}/class") or "", recording.text(f"{folder}/device") or ""),
            device=(recording.text(f"{folder}/device") or "").strip(),
            driver=drivers.get(f"{folder}/driver", "").rpartition("/")[2],
        )
        for folder in (path.removesuffix("/vendor") for path, text in vendors.items() if text.strip() == "0x10de")
    )


def _kind(device_class: str, device: str) -> str:
    # 0x0300 VGA, 0x0302 3D controller; NVSwitches are bridges. https://pcisig.com class codes, lspci -nn of a DGX A100
    if device_class.strip().startswith(("0x0300", "0x0302")):
        return "gpu"
    if device_class.strip().startswith("0x0680") and device.strip().startswith(("0x1af1", "0x22a3", "0x1ac2")):
        return "nvswitch"
    return "other"


PROBE: Final = Probe(
    "PCI devices",
    (
        Read(f"{_DEVICES}*/vendor"),
        Read(f"{_DEVICES}*/class"),
        Read(f"{_DEVICES}*/device"),
        Links(f"{_DEVICES}*/driver"),
    ),
    parse,
)
