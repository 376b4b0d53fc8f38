"""The host's libraries that an engine brings into a container, and the C library that they need."""

from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Probe, Run
from sygaldry.gpu.recording import Recording
from sygaldry.gpu.unknown import CouldNotCheckError
from sygaldry.gpu.versions import Version, parse_version
from sygaldry.model.json_text import parse_json


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
    answer = recording.output("glibc")
    if answer is None:
        raise CouldNotCheckError("the C library was not asked")
    lines = answer.out.strip().splitlines()
    if answer.code != 0 or not lines:
        raise CouldNotCheckError(f"the child that reads the libraries ended with {answer.code}")
    table = parse_json(lines[-1])
    needs = ((str(path), parse_version(str(version))) for path, version in dict(table.get("needs") or {}).items())
    return HostLibraries(
        parse_version(str(table.get("libc") or "")) or (),
        tuple((path, version) for path, version in needs if version),
    )


PROBE: Final = Probe("Libraries of the host", (Run("glibc", program="glibc", timeout_s=15.0),), parse)
