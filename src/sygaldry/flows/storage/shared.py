"""Do the nodes of a cluster see what a job needs: the storage, the workspace and Sygaldry itself?"""

import os
from pathlib import Path
from typing import Final

from sygaldry.config.resolve import Resolved
from sygaldry.flows.storage.project import find_storage
from sygaldry.host.run import run
from sygaldry.layout import layout
from sygaldry.model.command import Command
from sygaldry.model.errors import SygaldryError
from sygaldry.model.finding import Finding, Verdict

# As stat(1) names them, and the number of one that it does not name: statfs(2) and the documents of BeeGFS.
_SHARED: Final = (
    "afs", "beegfs", "ceph", "cifs", "fhgfs", "gfs/gfs2", "gpfs", "lustre", "nfs", "ocfs2", "panfs", "smb2", "v9fs",
    "vboxsf", "wekafs", "UNKNOWN (0x19830326)",
)  # fmt: skip


def shared_storage(resolved: Resolved, workspace: str) -> Finding:
    """Report the kinds of the file systems; a local one may still be the same place on each node."""
    try:
        root = str(find_storage(resolved, workspace).storage.root)
    except SygaldryError as error:
        return Finding(Verdict.UNKNOWN, error.problem, error.hint)
    places = {"storage": root, "workspace": workspace, "Sygaldry": layout().package}
    kinds = {name: _file_system(path) for name, path in places.items()}
    summary = ", ".join(f"{name} on {kind}" for name, kind in kinds.items())
    if all(kind in _SHARED for kind in kinds.values()):
        return Finding(Verdict.OK, summary)
    remedy = "nodes must see them at the same path; for the storage: SYGALDRY_STORAGE_ROOT=/shared/folder"
    return Finding(Verdict.UNKNOWN, f"{summary}: whether the nodes share them is not known here", remedy)


def _file_system(path: str) -> str:
    """Return the kind of the file system of a path, or of the folder in which it would be made."""
    # Path.exists raises in a folder that this user may not enter.
    existing = next((each for each in (Path(path), *Path(path).parents) if os.path.exists(each)), Path("/"))
    answer = run(Command(("stat", "-f", "-c", "%T", "--", str(existing)), timeout_s=5))
    return answer.out.strip() if answer.ok and answer.out.strip() else "an unknown file system"
