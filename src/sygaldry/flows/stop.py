"""Stop the environment of a workspace; `sygaldry up` starts it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sygaldry.flows.running.container import stop_container
from sygaldry.flows.running.namespace import stop_namespace
from sygaldry.flows.running.record import load_record, mutex_path
from sygaldry.flows.storage.project import find_storage
from sygaldry.host import files
from sygaldry.model.errors import NotFoundError
from sygaldry.model.report import Report

if TYPE_CHECKING:
    from sygaldry.config.resolve import Resolved


def stop(resolved: Resolved, workspace: str, grace_s: float) -> Report:
    """Stop it and everything that runs in it. Raises NotFoundError if there is none."""
    storage = find_storage(resolved, workspace).storage
    if load_record(storage) is None:
        raise NotFoundError(f"no environment of project {storage.project} is up", hint="see: sygaldry ps")
    with files.locked(mutex_path(storage)):
        record = load_record(storage)
        if record and record.is_container:
            stop_container(record, grace_s)
        elif record:
            stop_namespace(storage, grace_s)
    return Report({"project": storage.project}, (f"project {storage.project} has stopped",))
