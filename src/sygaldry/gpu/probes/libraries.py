"""The driver's libraries that the loader finds, and what the caller's loader path would put before them."""

import re
from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Links, Names, Probe, Run, Variables
from sygaldry.gpu.recording import Recording
from sygaldry.gpu.unknown import CouldNotCheckError

_ENTRY: Final = re.compile(r"^\s*(\S+) \(.*\) => (/\S+)$")
_OURS: Final = re.compile(r"cuda|nvidia|nvcuvid|nvoptix|dxcore|cudnn|nccl|cublas")
_SUFFIX: Final = re.compile(r"\.so\.(\d{3,4}\.\d+(?:\.\d+)?)$")
_FOLDERS: Final = (
    "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib/wsl/lib", "/usr/lib",
    "/usr/local/cuda/compat", "/.singularity.d/libs",
)  # fmt: skip
# Where others than the distribution put a driver, and the loader does not look by itself: GKE, container-optimised
# systems, the GPU operator, NixOS, Sygaldry's own sandbox.
OTHER_FOLDERS: Final = (
    "/usr/local/nvidia/lib64", "/usr/local/nvidia/lib", "/home/kubernetes/bin/nvidia/lib64",
    "/run/nvidia/driver/usr/lib/x86_64-linux-gnu", "/run/nvidia/driver/usr/lib64", "/run/opengl-driver/lib",
    "/opt/nvidia/lib64", "/usr/lib/nvidia",
)  # fmt: skip


@dataclass(frozen=True)
class Libraries:
    """What the loader's cache holds by name, and the versions of the driver's own files."""

    cache: dict[str, str]
    cuda_version: str
    nvml_version: str
    files: tuple[str, ...]  # every versioned libcuda and libnvidia-ml found in the usual folders
    loader_path: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()  # folders outside the loader's path that hold a driver

    @property
    def has_nvml(self) -> bool:
        return "libnvidia-ml.so.1" in self.cache or any("libnvidia-ml.so" in path for path in self.files)

    @property
    def has_cuda(self) -> bool:
        return "libcuda.so.1" in self.cache or any("libcuda.so" in path for path in self.files)


def parse(recording: Recording) -> Libraries:
    """Follow each cached name to the file whose suffix is the driver's version."""
    answer = recording.output("ldconfig")
    if answer is None or answer.code != 0:
        raise CouldNotCheckError("ldconfig -p gave no list of libraries")
    entries = (_ENTRY.match(line) for line in answer.out.splitlines())
    cache: dict[str, str] = {}
    for entry in entries:
        if entry and _OURS.search(entry.group(1)):
            cache.setdefault(entry.group(1), entry.group(2))
    if " => " not in answer.out:
        raise CouldNotCheckError("ldconfig -p gave a list of no known form")
    files = tuple(
        sorted(
            path
            for stem in ("libcuda", "libnvidia-ml")
            for path in recording.names(f"*/{stem}.so*")
            if not path.startswith(OTHER_FOLDERS)
        )
    )
    return Libraries(
        cache=cache,
        cuda_version=_version(cache.get("libcuda.so.1", ""), recording),
        nvml_version=_version(cache.get("libnvidia-ml.so.1", ""), recording),
        files=files,
        elsewhere=_elsewhere(recording),
        loader_path=tuple(part for part in recording.environment.get("LD_LIBRARY_PATH", "").split(":") if part),
    )


def _elsewhere(recording: Recording) -> tuple[str, ...]:
    path = recording.environment.get("LD_LIBRARY_PATH", "").split(":")
    return tuple(folder for folder in OTHER_FOLDERS if folder not in path and recording.names(f"{folder}/libcuda.so*"))


def _version(path: str, recording: Recording) -> str:
    target = recording.links.get(path, path)
    found = _SUFFIX.search(target)
    return found.group(1) if found else ""


PROBE: Final = Probe(
    "Driver libraries",
    (
        Run("ldconfig", ("/sbin/ldconfig", "-p")),
        *(Names(f"{folder}/lib{stem}.so*") for folder in _FOLDERS for stem in ("cuda", "nvidia-ml")),
        *(Names(f"{folder}/libcuda.so*") for folder in OTHER_FOLDERS),
        *(Links(f"{folder}/lib{stem}.so.1") for folder in _FOLDERS for stem in ("cuda", "nvidia-ml")),
        Variables(("LD_LIBRARY_PATH",)),
    ),
    parse,
)
