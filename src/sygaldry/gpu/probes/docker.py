"""What dockerd knows about GPUs: its runtimes, its CDI devices, and how it was installed."""

from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Names, Probe, Read, Run
from sygaldry.gpu.recording import Recording
from sygaldry.gpu.unknown import CouldNotCheckError
from sygaldry.model.json_text import parse_json

_CONFIG: Final = "/etc/nvidia-container-runtime/config.toml"
HOOKS: Final = ("nvidia-container-runtime-hook", "nvidia-cdi-hook", "nvidia-container-toolkit", "nvidia-ctk")


@dataclass(frozen=True)
class Docker:
    """`cdi_devices` are those dockerd itself discovered; None where dockerd is too old to list them."""

    version: str
    runtimes: frozenset[str]
    cdi_folders: tuple[str, ...]
    cdi_devices: tuple[str, ...] | None
    rootless: bool
    snap: bool
    cgroup_driver: str
    tools: frozenset[str]  # which of NVIDIA's hooks and tools are installed
    toolkit_mode: str  # mode in /etc/nvidia-container-runtime/config.toml
    no_cgroups: bool
    system: str = ""  # what dockerd calls its operating system

    @property
    def is_desktop(self) -> bool:
        """Whether dockerd is Docker Desktop's, which runs in a virtual machine of its own."""
        return "docker desktop" in self.system.lower()


def parse(recording: Recording) -> Docker | None:
    """Read `docker info`; None where there is no docker."""
    answer = recording.output("docker-info")
    if answer is None:
        return None
    table = parse_json(answer.out) if answer.out.strip().startswith("{") else {}
    if not table.get("ServerVersion"):
        reason = (answer.err or "; ".join(table.get("ServerErrors") or ())).strip()
        raise CouldNotCheckError(f"dockerd did not answer: {reason[-200:] or 'no reason given'}")
    devices = table.get("DiscoveredDevices")
    return Docker(
        version=str(table["ServerVersion"]),
        runtimes=frozenset(table.get("Runtimes") or {}),
        cdi_folders=tuple(table.get("CDISpecDirs") or ()),
        cdi_devices=None if devices is None else tuple(str(each.get("ID")) for each in devices),
        rootless=any("rootless" in str(option) for option in table.get("SecurityOptions") or ()),
        snap=str(table.get("DockerRootDir", "")).startswith("/var/snap/"),
        cgroup_driver=str(table.get("CgroupDriver", "")),
        tools=tools(recording),
        toolkit_mode=_value(recording.text(_CONFIG) or "", "mode"),
        no_cgroups=_value(recording.text(_CONFIG) or "", "no-cgroups") == "true",
        system=str(table.get("OperatingSystem", "")),
    )


def tools(recording: Recording) -> frozenset[str]:
    """Name NVIDIA's container tools that are installed."""
    return frozenset(path.rpartition("/")[2] for hook in HOOKS for path in recording.names(f"*/bin/{hook}"))


def _value(config: str, key: str) -> str:
    lines = (line.strip() for line in config.splitlines())
    return next((line.partition("=")[2].strip(' "') for line in lines if line.split("=")[0].strip() == key), "")


PROBE: Final = Probe(
    "Docker",
    (
        Run("docker-info", ("docker", "info", "--format", "{{json .}}")),
        *(Names(f"{folder}/{hook}") for folder in ("/usr/bin", "/usr/local/bin") for hook in HOOKS),
        Read(_CONFIG),
    ),
    parse,
)
