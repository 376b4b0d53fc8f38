"""Podman: only its version matters, GPUs go through CDI from 4.1 on."""

from typing import Final

from sygaldry.gpu.probes import Probe, Run
from sygaldry.gpu.recording import Recording
from sygaldry.gpu.versions import Version, parse_version


def parse(recording: Recording) -> Version | None:
    """Return podman's version; None where there is none."""
    answer = recording.output("podman-version")
    return parse_version(answer.out) if answer and answer.code == 0 else None


PROBE: Final = Probe("Podman", (Run("podman-version", ("podman", "--version")),), parse)
