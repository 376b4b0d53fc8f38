"""List what a lock pins under the names that advisories use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sygaldry.advisories.osv import Pin
from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.environment import load_environment
from sygaldry.flows.lock.project_files import read_text
from sygaldry.lockfile.lock import SOURCE, ProjectLock
from sygaldry.lockfile.python_pins import python_pins
from sygaldry.model.errors import SygaldryError

_DEBIAN_RELEASE: Final = re.compile(r"(\d+)(?:\.\d+)?(?:\+deb\d+u\d+)?")


def pins_of(resolved: Resolved, workspace: str, lock: ProjectLock) -> Iterator[Pin]:
    """Yield Python packages, Debian packages, Go's standard library, and Spack packages that come from PyPI."""
    for path in lock.of("python"):
        for name, version in python_pins(read_text(f"{workspace}/{path}"), path):
            yield Pin("PyPI", name, version)
    yield from _debian(lock)
    if "go" in resolved.settings.toolchains:
        for name in lock.of("artifact"):
            tool, version, _ = name.split(" ", 2)
            if tool == "go":
                yield Pin("Go", "stdlib", version)
    for folder in lock.of("environment"):
        yield from _spack(resolved, workspace, folder)


def _debian(lock: ProjectLock) -> Iterator[Pin]:
    """Yield source packages: advisories of Debian and Ubuntu name these."""
    listed = lock.of("debian")
    base = next((each.facts["version"] for name, each in listed.items() if name.startswith("base-files:")), "")
    found = _DEBIAN_RELEASE.fullmatch(base)
    ecosystem = "Ubuntu" if "ubuntu" in base else f"Debian:{found[1]}" if found else "Debian"
    for full, each in listed.items():
        name, _, version = each.facts.get(SOURCE, "").partition(" ")
        yield Pin(ecosystem, name or full.partition(":")[0], version or each.facts["version"])


def _spack(resolved: Resolved, workspace: str, folder: str) -> Iterator[Pin]:
    try:
        environment = load_environment(str(Path(workspace, folder)), resolved, Path(workspace), needs_consent=False)
        projects = environment.provenance.pypi if environment.provenance else {}
        for node in environment.lock.nodes.values():
            if node.name in projects:
                yield Pin("PyPI", projects[node.name], node.version)
    except SygaldryError:  # `lock --check` reports it
        return
