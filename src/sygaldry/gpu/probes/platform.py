"""What kind of machine this is: plain Linux, WSL or Tegra, and whether we are inside a container."""

import re
from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Names, Probe, Read, Variables
from sygaldry.gpu.recording import Recording

_WSL_LIBRARIES: Final = "/usr/lib/wsl/lib"


@dataclass(frozen=True)
class Platform:
    """`kind` is linux, wsl or tegra."""

    kind: str
    container: bool
    system: str
    wsl_libraries: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    kubernetes: bool = False
    jetpack: int = 0  # the major release of Jetson Linux, 0 where it is not recorded


def parse(recording: Recording) -> Platform:
    """Decide as NVIDIA's own tools do: dxcore means WSL, a Tegra family or release file means Tegra."""
    release = recording.text("/proc/sys/kernel/osrelease") or ""
    libraries = tuple(path.rpartition("/")[2] for path in recording.names(f"{_WSL_LIBRARIES}/*"))
    system = recording.text("/etc/os-release") or ""
    names = (line.partition("=")[2].strip('" ') for line in system.splitlines() if line.startswith("PRETTY_NAME="))
    return Platform(
        kind=_kind(recording, release, libraries),
        container=bool(recording.names("/.dockerenv") or recording.names("/run/.containerenv"))
        or (recording.text("/run/systemd/container") or "wsl").strip() not in ("", "wsl")
        or "container" in recording.environment
        or "KUBERNETES_SERVICE_HOST" in recording.environment
        or "APPTAINER_CONTAINER" in recording.environment
        or recording.environment.get("SYGALDRY_CONTAINER", "sandbox") != "sandbox",
        system=next(names, ""),
        wsl_libraries=libraries,
        kubernetes="KUBERNETES_SERVICE_HOST" in recording.environment,
        jetpack=_jetpack(recording.text("/etc/nv_tegra_release") or ""),
        path=tuple(recording.environment.get("PATH", "").split(":")),
    )


def _kind(recording: Recording, release: str, libraries: tuple[str, ...]) -> str:
    if "microsoft" in release.lower() or "libdxcore.so" in libraries:
        return "wsl"
    family = recording.text("/sys/devices/soc0/family") or ""
    if recording.text("/etc/nv_tegra_release") is not None or family.lower().startswith("tegra"):
        return "tegra"
    return "linux"


def _jetpack(text: str) -> int:
    found = re.search(r"\bR(\d{2})\b", text)
    return int(found.group(1)) if found else 0


PROBE: Final = Probe(
    "Platform",
    (
        Read("/proc/sys/kernel/osrelease"),
        Read("/etc/os-release"),
        Read("/etc/nv_tegra_release"),
        Read("/sys/devices/soc0/family"),
        Read("/run/systemd/container"),
        Names(f"{_WSL_LIBRARIES}/*"),
        Names("/.dockerenv"),
        Names("/run/.containerenv"),
        Variables(("container", "APPTAINER_CONTAINER", "SYGALDRY_CONTAINER", "PATH", "KUBERNETES_SERVICE_HOST")),
    ),
    parse,
)
