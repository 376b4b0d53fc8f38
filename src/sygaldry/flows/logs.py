"""Print the log of the environment that `sygaldry up` started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sygaldry.flows.running.record import load_record, log_path
from sygaldry.flows.storage.project import find_storage
from sygaldry.host.run import replace_process
from sygaldry.model.command import Command
from sygaldry.model.errors import NotFoundError

if TYPE_CHECKING:
    from sygaldry.config.resolve import Resolved


def logs(resolved: Resolved, workspace: str, *, follow: bool) -> int:
    """Become the program that prints the log. Raises NotFoundError if there is no environment."""
    storage = find_storage(resolved, workspace).storage
    record = load_record(storage)
    if record is None:
        raise NotFoundError(f"no environment of project {storage.project} is up", hint="start it: sygaldry up")
    option = ("--follow",) if follow else ()
    if record.is_container:
        replace_process(Command((record.runtime, "logs", *option, record.name)))
    replace_process(Command(("tail", "--lines=+1", *option, log_path(storage))))
    return 1
