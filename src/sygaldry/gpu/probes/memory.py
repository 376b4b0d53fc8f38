"""The size of /dev/shm, through which NCCL and data loaders speak."""

from typing import Final

from sygaldry.gpu.probes import Probe, Run
from sygaldry.gpu.recording import Recording
from sygaldry.gpu.unknown import CouldNotCheckError


def parse(recording: Recording) -> int:
    """Return the size in bytes."""
    answer = recording.output("shm")
    words = answer.out.split() if answer else []
    if not words or not words[-1].isdigit():
        raise CouldNotCheckError("the size of /dev/shm could not be read")
    return int(words[-1])


_FOLDER: Final = "/dev/shm"  # noqa: S108 - it is looked at, not written to

PROBE: Final = Probe("Shared memory", (Run("shm", ("df", "--block-size=1", "--output=size", _FOLDER)),), parse)
