"""Create the files of an element of an array: on its node when it starts, or here when it is stopped before."""

import contextlib
import json
import os

from sygaldry.flows.job.record import append_record, create_run_folder, link_outputs, newest, read_record, read_request
from sygaldry.flows.job.scheduled.elements import element_files
from sygaldry.host import files
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles
from sygaldry.model.errors import StorageError


def create_element(array: RunFiles, task: int) -> RunFiles:
    """Create what is missing of an element; two processes may do so at once. Raises StorageError."""
    paths = element_files(array, task)
    try:
        with contextlib.suppress(FileExistsError):
            create_run_folder(paths)
        paths = element_files(array, task)
        text = json.dumps({**read_request(array), "job": paths.job})
        files.replace(paths.request, text)
        files.replace(paths.spec, text)
        with contextlib.suppress(FileExistsError):
            os.mkfifo(paths.control, 0o600)
        facts = {
            name: value
            for name, value in newest(read_record(array), "submitted").items()
            if name not in ("v", "seq", "ts", "offset", "event")
        }
        if not newest(read_record(paths), "submitted"):
            append_record(paths, "submitted", facts)
        if not events.first(paths.events, "submitted"):
            events.Events(paths.events).append("submitted", 0, **facts)
        link_outputs(paths)
    except OSError as error:
        raise StorageError(f"cannot write {paths.base}: {error.strerror}", hint="sygaldry storage show") from error
    return paths
