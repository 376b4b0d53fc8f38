"""The rules of the device cgroup, where this process may read them: version 1 lists them, version 2 keeps a program."""

from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Names, Probe, Read
from sygaldry.gpu.recording import Recording

_LIST: Final = "/sys/fs/cgroup/devices/devices.list"
_UNIFIED: Final = "/sys/fs/cgroup/cgroup.controllers"


@dataclass(frozen=True)
class DeviceRules:
    """`majors` are those that a process may open; None where no list says so. `unified` means cgroup version 2."""

    majors: frozenset[int] | None
    unified: bool

    def forbids(self, major: int) -> bool:
        """Whether a list exists and does not name the device."""
        return self.majors is not None and major >= 0 and not self.majors & {major, _ANY}


_ANY: Final = -1


def parse(recording: Recording) -> DeviceRules:
    """Read lines such as `c 195:* rw`; `a *:* rwm` allows all."""
    text = recording.text(_LIST)
    rows = [line.split() for line in (text or "").splitlines()]
    majors = {_major(row[1]) for row in rows if len(row) == 3 and row[0] in "ac" and "r" in row[2]}
    return DeviceRules(None if text is None else frozenset(majors), bool(recording.names(_UNIFIED)))


def _major(numbers: str) -> int:
    major = numbers.partition(":")[0]
    return int(major) if major.isdigit() else _ANY


PROBE: Final = Probe("Rules of the device cgroup", (Read(_LIST), Names(_UNIFIED)), parse)
