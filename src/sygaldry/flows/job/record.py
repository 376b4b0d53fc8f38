"""The host's own record of a run, in `<project>/.sygaldry/jobs/`, which no container can write.

Everything that the host acts on is read from here: what was asked for, which engine and container run it, and how it
ended as far as the host saw. Runs of the first release have no record; their ledger is all the evidence there is.
"""

import contextlib
import json
import os
from collections.abc import Iterable
from typing import Any, Final

from sygaldry.host import files
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles
from sygaldry.model.errors import StorageError
from sygaldry.model.storage import JOBS
from sygaldry.supervisor.safe_files import read_head

_MOST_REQUEST: Final = 16 << 20
_LINKED: Final = ("jsonl", "log", "idx", "rc")


def append_record(paths: RunFiles, event: str, facts: dict[str, Any] | None = None) -> None:
    """Append an event to the record. Raises OSError."""
    if paths.is_separate:
        events.Events(paths.record).append(event, 0, **(facts or {}))


def read_record(paths: RunFiles) -> tuple[events.Event, ...]:
    """Return the events of the record, none if there is none."""
    return events.read_events(paths.record) if paths.is_separate else ()


def read_request(paths: RunFiles) -> dict[str, Any]:
    """Return the specification of a run, by the host's copy if there is one; empty if it cannot be read."""
    raw = read_head(paths.request, _MOST_REQUEST)
    try:
        found = json.loads(raw.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def newest(record: tuple[events.Event, ...], event: str) -> events.Event:
    """Return the newest event of a kind, or an empty one."""
    return next((each for each in reversed(record) if each["event"] == event), {})


def start_lock(folder: str) -> str:
    """Return the lock under which jobs of a project begin and are removed."""
    return f"{folder[: -len(JOBS) - 1]}/.sygaldry/jobs.lock" if folder.endswith(f"/{JOBS}") else f"{folder}/.jobs.lock"


def run_files(paths: RunFiles, names: Iterable[str] | None = None) -> tuple[str, ...]:
    """List every file of a run: in its folder, beside it, and the host's. `names` saves a look at the jobs folder."""
    found = [f"{paths.own}/{each}" for each in _names(paths.own)] if paths.is_separate else []
    begins = (f"{paths.name}.", f"{paths.name}-a")
    names = _names(paths.folder) if names is None else names
    found += [f"{paths.folder}/{each}" for each in names if each.removeprefix(".").startswith(begins)]
    return (*found, *(path for path in paths.private if os.path.lexists(path)))


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def create_run_folder(paths: RunFiles) -> None:
    """Make the folder that the run's command may write. Raises FileExistsError for a run that exists, OSError."""
    os.mkdir(f"{paths.folder}/{paths.name}", 0o700)


def link_outputs(paths: RunFiles, attempts: int = 1) -> None:
    """Keep the names that people know, beside the folders of the runs; for people only, Sygaldry follows no link."""
    for number in range(1, attempts + 1):
        base = os.path.basename(paths.attempt(number))
        for kind in _LINKED if number == 1 else _LINKED[1:]:
            with contextlib.suppress(OSError):
                os.symlink(f"{paths.name}/{base}.{kind}", f"{paths.folder}/{base}.{kind}")


def link_status(paths: RunFiles) -> None:
    """Let the job's status name the one that the supervisor writes, as long as it is alive."""
    if not paths.is_separate:
        return
    draft = f"{paths.folder}/.{paths.job}.status.{os.getpid()}.draft"
    try:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)
        os.symlink(f"{paths.name}/{paths.job}.status", draft)
        os.replace(draft, f"{paths.folder}/{paths.job}.status")
    except OSError as error:
        raise StorageError(f"cannot write {paths.status}: {error.strerror}", hint="sygaldry storage show") from error


def write_status(paths: RunFiles, text: str) -> None:
    """Write the status of the job, as long as no supervisor does."""
    files.replace(f"{paths.folder}/{paths.job}.status", text)
