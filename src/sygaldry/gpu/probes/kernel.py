"""The kernel modules: which version is loaded, which lies on disk, and of which flavour."""

import re
from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Names, Probe, Read, Run
from sygaldry.gpu.recording import Recording
from sygaldry.gpu.unknown import CouldNotCheckError

_VERSION_FILE: Final = "/proc/driver/nvidia/version"
_NO_HMM: Final = "/sys/module/nvidia_uvm/parameters/uvm_disable_hmm"
_MODULE: Final = re.compile(r"Module.*?\s(\d{3,4}\.\d+(?:\.\d+)?)\s")


@dataclass(frozen=True)
class Kernel:
    """`loaded` and `on_disk` are driver versions, empty if there is none."""

    release: str
    loaded: str
    on_disk: str
    flavour: str  # open, proprietary or empty
    modules: frozenset[str]
    built_for: tuple[str, ...]  # kernel releases that have an nvidia module on disk
    hmm_disabled: bool = False  # nvidia_uvm was loaded with uvm_disable_hmm=1
    has_imex: bool = False  # the driver offers nvidia-caps-imex-channels
    majors: tuple[tuple[str, int], ...] = ()  # the driver's entries of /proc/devices

    @property
    def has_module(self) -> bool:
        """Whether the running kernel has an nvidia module to load."""
        return bool(self.on_disk) or self.release in self.built_for


def parse(recording: Recording) -> Kernel:
    """Compare the three places that hold a version."""
    banner = recording.text(_VERSION_FILE) or ""
    loaded = _loaded(banner) or (recording.text("/sys/module/nvidia/version") or "").strip()
    if banner.strip() and not loaded:
        raise CouldNotCheckError(f"{_VERSION_FILE} says {banner.splitlines()[0]!r}, which is no known form")
    modinfo = recording.output("modinfo")
    listed = (recording.text("/proc/modules") or "").splitlines()
    return Kernel(
        release=(recording.text("/proc/sys/kernel/osrelease") or "").strip(),
        loaded=loaded,
        on_disk=modinfo.out.strip() if modinfo and modinfo.code == 0 else "",
        flavour=_flavour(banner),
        modules=frozenset(line.split()[0] for line in listed if line.split()),
        built_for=tuple(sorted({path.split("/")[3] for path in recording.names("/lib/modules/*/nvidia.ko*")})),
        hmm_disabled=(recording.text(_NO_HMM) or "").strip() in ("Y", "1"),
        has_imex="nvidia-caps-imex-channels" in (recording.text("/proc/devices") or ""),
        majors=_majors(recording.text("/proc/devices") or ""),
    )


def _loaded(banner: str) -> str:
    first = next((line for line in banner.splitlines() if line.startswith("NVRM version:")), "")
    found = _MODULE.search(first + " ")
    return found.group(1) if found else ""


def _majors(text: str) -> tuple[tuple[str, int], ...]:
    """Read `number name` of the character devices; the name of the driver's own changed with branch 550."""
    rows = (line.split() for line in text.partition("Block devices")[0].splitlines())
    return tuple((row[1], int(row[0])) for row in rows if len(row) == 2 and row[0].isdigit() and "nvidia" in row[1])


def _flavour(banner: str) -> str:
    if not banner.strip():
        return ""
    return "open" if "Open Kernel Module" in banner else "proprietary"


PROBE: Final = Probe(
    "Kernel modules",
    (
        Read(_VERSION_FILE),
        Read("/sys/module/nvidia/version"),
        Read("/proc/modules"),
        Read("/proc/devices"),
        Read(_NO_HMM),
        Read("/proc/sys/kernel/osrelease"),
        Names("/lib/modules/*/updates/dkms/nvidia.ko*"),
        Names("/lib/modules/*/kernel/drivers/video/nvidia.ko*"),
        Names("/lib/modules/*/kernel/nvidia-*/nvidia.ko*"),
        Names("/lib/modules/*/extra/nvidia.ko*"),
        Run("modinfo", ("modinfo", "-F", "version", "nvidia")),
    ),
    parse,
)
