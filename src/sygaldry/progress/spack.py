"""Spack 1.1: the package being installed, the total, and its phase."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

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


def count_installed(lock: Mapping[str, Any], database: Mapping[str, Any]) -> Progress:
    """Count the hashes of a spack.lock that Spack's database lists as installed."""
    wanted: Collection[str] = lock.get("concrete_specs", {}).keys()
    installs: Mapping[str, Any] = database.get("database", {}).get("installs", {})
    done = sum(1 for each in wanted if installs.get(each, {}).get("installed"))
    return Progress(done, len(wanted), "packages", tool="spack")


PARSER: Final = Parser("Spack", 90, _read)
