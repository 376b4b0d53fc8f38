"""The CDI specifications: which devices they name and which files of the host they expect.

https://github.com/cncf-tags/container-device-interface/blob/main/SPEC.md
"""

import re
from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Names, PathsIn, Probe, Read
from sygaldry.gpu.recording import ABSENT, Recording
from sygaldry.gpu.unknown import CouldNotCheckError
from sygaldry.gpu.versions import same_driver

SYSTEM_FOLDERS: Final = ("/etc/cdi", "/var/run/cdi", "/run/cdi")
_USER_FOLDERS: Final = ("/home/*/.config/cdi", "/root/.config/cdi", "/run/user/*/cdi")
FOLDERS: Final = (*SYSTEM_FOLDERS, *_USER_FOLDERS)

# YAML and JSON alike; a specification is written by nvidia-ctk, so its shape is narrow, and no YAML parser is needed.
_HOST_PATH: Final = re.compile(r"""["']?hostPath["']?\s*:\s*["']?([^"',\s}]+)""")
_HOOK: Final = re.compile(r"""["']?path["']?\s*:\s*["']?(/(?!dev/)[^"',\s}]+)""")
_NODE: Final = re.compile(r"""["']?path["']?\s*:\s*["']?(/dev/[^"',\s}]+)""")
_NAME: Final = re.compile(r"""["']?name["']?\s*:\s*["']?([\w.:-]+)""")
_SUFFIX: Final = re.compile(r"/lib[\w.+-]*\.so\.(\d{3,4}\.\d+(?:\.\d+)?)$")


@dataclass(frozen=True)
class CdiSpec:
    """One specification; `driver` is the version of the libraries it mounts."""

    path: str
    devices: tuple[str, ...]
    nodes: tuple[str, ...]
    host_paths: tuple[str, ...]
    driver: str
    missing: tuple[str, ...] = ()  # host paths and hooks that were looked for and not found

    @property
    def is_users(self) -> bool:
        """Whether it lies in a folder of one user, where a rootless daemon looks."""
        return not self.path.startswith(SYSTEM_FOLDERS)

    def stale(self, driver: str, nodes: frozenset[str]) -> str:
        """Say why it is out of date, empty if it is not."""
        if driver and self.driver and not same_driver(driver, self.driver):
            return f"{self.path} mounts libraries of driver {self.driver}, the loaded driver is {driver}"
        gone = sorted(set(self.nodes) - nodes) or list(self.missing)
        return f"{self.path} names {gone[0]}, which does not exist" if gone else ""


def parse(recording: Recording) -> tuple[CdiSpec, ...]:
    """Read every specification for nvidia.com/gpu."""
    texts = {path: text for folder in FOLDERS for path, text in recording.texts(f"{folder}/*").items()}
    hidden = [path for path in recording.trouble if path.startswith(SYSTEM_FOLDERS) and "*" not in path]
    if hidden and not texts:
        raise CouldNotCheckError(f"{hidden[0]}: {recording.trouble[hidden[0]]}")
    return tuple(_spec(path, text, recording) for path, text in sorted(texts.items()) if "nvidia.com/gpu" in text)


def _spec(path: str, text: str, recording: Recording) -> CdiSpec:
    if "cdiVersion" not in text:
        raise CouldNotCheckError(f"{path} is no CDI specification")
    paths = tuple(dict.fromkeys(_HOST_PATH.findall(text)))
    versions = [found.group(1) for found in map(_SUFFIX.search, paths) if found]
    return CdiSpec(
        path=path,
        devices=tuple(dict.fromkeys(_NAME.findall(text))),
        nodes=tuple(dict.fromkeys([*_NODE.findall(text), *(each for each in paths if each.startswith("/dev/"))])),
        host_paths=paths,
        driver=versions[0] if versions else "",
        missing=_missing((*paths, *dict.fromkeys(_HOOK.findall(text))), recording),
    )


def _missing(paths: tuple[str, ...], recording: Recording) -> tuple[str, ...]:
    """Return the paths that do not exist; none where the recording did not look for them."""
    return tuple(path for path in paths if recording.nodes.get(path) == ABSENT)


PROBE: Final = Probe(
    "CDI specifications",
    tuple(
        ask
        for folder in FOLDERS
        for ask in (
            Read(f"{folder}/*.yaml"),
            Read(f"{folder}/*.json"),
            Names(f"{folder}/*"),
            PathsIn(f"{folder}/*.yaml"),
            PathsIn(f"{folder}/*.json"),
        )
    ),
    parse,
)
