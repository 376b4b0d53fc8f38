"""Spack 1.1: the package being installed, the total, and its phase."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.progress import Parser, Progress
from sygaldry.progress._lines import newest

_PACKAGE: Final = re.compile(r"==> Installing (?P<name>\S+)-\w{7,32} \[(?P<done>\d+)/(?P<total>\d+)\]")
_PHASE: Final = re.compile(r"==> (?P<name>[\w.-]+): Executing phase: '(?P<phase>[\w-]+)'")
_STEP: Final = re.compile(
    r"==> (?P<step>(?:Fetching|Staging|Ran patch|Using cached|Concretiz|Updating view)\S* ?.{0,60})"
)


def _read(lines: Sequence[str]) -> Progress | None:
    package, phase = newest(lines, _PACKAGE), newest(lines, _PHASE)
    if package is None and phase is None:
        step = newest(lines, _STEP)
        return Progress(0, 0, "packages", step[1]["step"], "prepare", line=step[0]) if step else None
    line = max(found[0] for found in (package, phase) if found)
    name = phase[1]["phase"] if phase and (package is None or phase[0] > package[0]) else "fetch"
    if package is None:
        return Progress(0, 0, "packages", phase[1]["name"] if phase else "", name, line=line)
    # The one being installed is not done yet.
    done, total = int(package[1]["done"]) - 1, int(package[1]["total"])
    return Progress(done, total, "packages", package[1]["name"], name, line=line)


PARSER: Final = Parser("Spack", 90, _read)
