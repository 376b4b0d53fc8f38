"""What the host keeps of a queued run, so that its place survives its process and a restart of the machine.

A file in `<project>/.sygaldry/queue/`, which no container can write. It exists from the submission until the command
is about to be started, so that nothing is started twice.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from typing import Any, Final

from sygaldry.config.settings import all_settings
from sygaldry.flows.job.scheduled.record import resolved_from
from sygaldry.flows.launch.request import Request
from sygaldry.host import files
from sygaldry.jobs.paths import RunFiles, is_run
from sygaldry.model.errors import StorageError
from sygaldry.model.json_text import parse_json

_SCHEMA: Final = 1


def join_queue(paths: RunFiles, request: Request) -> None:
    """Record what the start of a run needs; values of variables are not stored. Raises StorageError."""
    files.make_folder(os.path.dirname(paths.queued))
    settings = {each.name: getattr(request.resolved.settings, each.name) for each in all_settings()}
    data = {
        "v": _SCHEMA,
        "workspace": str(request.workspace),
        "command": list(request.command),
        "folder": request.folder,
        "settings": settings,
    }
    files.replace(paths.queued, json.dumps(data, default=str))


def leave_queue(paths: RunFiles) -> None:
    """Remove the record."""
    with contextlib.suppress(OSError):
        os.unlink(paths.queued)


def queued_in(folder: str) -> Iterator[RunFiles]:
    """Return the queued runs of a project, oldest first."""
    try:
        names = os.listdir(os.path.dirname(RunFiles(folder, "", "").queued))
    except OSError:
        return
    runs = (name.removesuffix(".json").rpartition("-") for name in names if name.endswith(".json"))
    for run, job in sorted((run, job) for job, _, run in runs if job and is_run(run)):
        yield RunFiles(folder, job, run)


def load_request(paths: RunFiles) -> Request | None:
    """Read the request of a queued run; None if it has left the queue or the record is damaged."""
    try:
        data: dict[str, Any] = parse_json(files.read_if_there(paths.queued, follow_links=False) or "")
        command = tuple(str(word) for word in data["command"])
        resolved = resolved_from(data["settings"])
        return Request(resolved, str(data["workspace"]), command, folder=str(data["folder"]))
    except (StorageError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
