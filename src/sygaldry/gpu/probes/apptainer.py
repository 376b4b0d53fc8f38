"""Apptainer, which copies the driver's libraries by itself (`--nv`)."""

from typing import Final

from sygaldry.gpu.probes import Probe, Run
from sygaldry.gpu.recording import Recording
from sygaldry.gpu.versions import Version, parse_version


def parse(recording: Recording) -> Version | None:
    """Return apptainer's version; None where there is none."""
    answer = recording.output("apptainer-version")
    return parse_version(answer.out) if answer and answer.code == 0 else None


PROBE: Final = Probe("Apptainer", (Run("apptainer-version", ("apptainer", "--version")),), parse)
