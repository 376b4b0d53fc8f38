"""Create a project's storage without launching anything."""

from sygaldry.config.resolve import Resolved
from sygaldry.flows.storage.project import find_storage, prepare_storage
from sygaldry.model.machine import Machine
from sygaldry.model.report import Report
from sygaldry.model.workspace import Identity


def storage_init(resolved: Resolved, workspace: str, machine: Machine) -> Report:
    """Create the tree, the marker and the identity files; prints nothing on success."""
    found = find_storage(resolved, workspace)
    prepare_storage(found, Identity(machine.uid, machine.gid, machine.groups))
    return Report({"project": found.storage.project, "folder": found.storage.at()})
