"""Find orphaned build processes: their build is gone, they hold a stage, and their result is lost."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sygaldry.flows.env.environment import Environment, Store
from sygaldry.spack.output import stage_hash


@dataclass(frozen=True)
class Orphan:
    """A process that builds a package although its build has ended."""

    pid: int
    package: str

    def describe(self) -> str:
        """Describe the process and how to stop it."""
        return f"process {self.pid} still builds {self.package} although its build has ended; stop it: kill {self.pid}"


def orphans(environment: Environment, store: Store, processes: Path = Path("/proc")) -> tuple[Orphan, ...]:
    """List the processes of ours in a stage whose session has lost its leader, which was the build."""
    roots = [str(store.locate(each)) for each in environment.manifest.stages] or [str(store.here / "stage")]
    found: dict[str, Orphan] = {}
    for process in sorted(processes.glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            place = os.readlink(process / "cwd")
            session = int((process / "stat").read_text().rpartition(")")[2].split()[3])
        except (OSError, ValueError, IndexError):  # gone in the meantime, or not ours
            continue
        key = next((hash_ for part in Path(place).parts if (hash_ := stage_hash(part))), "")
        node = environment.lock.nodes.get(key)
        if node and any(place.startswith(f"{root}/") for root in roots) and not (processes / str(session)).exists():
            found.setdefault(key, Orphan(int(process.name), node.label))
    return tuple(found.values())
