"""Run the probes of a check."""

from sygaldry.host.run import run
from sygaldry.model.probe import Answer, FileText, Probe

_LARGEST = 64 * 1024


def ask(probe: Probe) -> Answer:
    """Run a program or read a file; a file that cannot be read answers None."""
    if not isinstance(probe, FileText):
        return run(probe)
    try:
        with open(probe.path, encoding="utf-8", errors="replace") as file:
            return file.read(_LARGEST)
    except OSError:
        return None
