"""The host's libraries that an engine brings into a container, and the C library that they need."""

from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Probe, Run
from sygaldry.gpu.probes._child import child_answer
from sygaldry.gpu.recording import Recording
from sygaldry.gpu.versions import Version, parse_version


@dataclass(frozen=True)
class HostLibraries:
    """`libc` is the version here; `needs` are the paths of libraries with the versions that they ask for."""

    libc: Version
    needs: tuple[tuple[str, Version], ...]

    @property
    def too_new(self) -> tuple[tuple[str, Version], ...]:
        """The libraries that this C library cannot load, those that ask for the newest first."""
        if not self.libc:
            return ()
        return tuple(sorted((each for each in self.needs if each[1] > self.libc), key=lambda each: each[1])[::-1])


def parse(recording: Recording) -> HostLibraries:
    """Read what gpu/programs/glibc.py printed."""
    table = child_answer(recording, "glibc", "glibc")
    needs = ((str(path), parse_version(str(version))) for path, version in dict(table.get("needs") or {}).items())
    return HostLibraries(
        parse_version(str(table.get("libc") or "")) or (),
        tuple((path, version) for path, version in needs if version),
    )


PROBE: Final = Probe("Libraries of the host", (Run("glibc", program="glibc", timeout_s=15.0),), parse)
