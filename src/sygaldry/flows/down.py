"""Stop the environment of a workspace and remove it; its storage stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sygaldry.flows.running.container import remove_container, stop_container
from sygaldry.flows.running.namespace import stop_namespace
from sygaldry.flows.running.record import load_record, mutex_path, remove_record
from sygaldry.flows.storage.project import find_storage
from sygaldry.host import files
from sygaldry.model.report import Report

if TYPE_CHECKING:
    from sygaldry.config.resolve import Resolved


def down(resolved: Resolved, workspace: str, grace_s: float) -> Report:
    """Remove it; there being none is no failure, as for docker compose."""
    storage = find_storage(resolved, workspace).storage
    if load_record(storage) is None:
        return Report({"project": storage.project, "removed": False}, (f"project {storage.project} is not up",))
    with files.locked(mutex_path(storage)):
        record = load_record(storage)
        if record and record.is_container:
            stop_container(record, grace_s)
            remove_container(record)
        elif record:
            stop_namespace(storage, grace_s)
        remove_record(storage)
    return Report({"project": storage.project, "removed": True}, (f"project {storage.project} is down",))
