"""The links of /dev/char to the driver's device nodes, through which systemd finds the devices of a container."""

from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Links, Names, Probe
from sygaldry.gpu.recording import Recording
from sygaldry.gpu.unknown import CouldNotCheckError

_FOLDER: Final = "/dev/char"


@dataclass(frozen=True)
class DevChar:
    """The nodes that a link leads to."""

    linked: frozenset[str]


def parse(recording: Recording) -> DevChar:
    """Read the links; a recording that did not look at the folder knows nothing of them."""
    links = recording.pointers(f"{_FOLDER}/*")
    if not links and not recording.names(_FOLDER):
        raise CouldNotCheckError(f"{_FOLDER} was not looked at")
    return DevChar(frozenset(links.values()))


PROBE: Final = Probe("Links of /dev/char", (Names(_FOLDER), Links(f"{_FOLDER}/*")), parse)
