"""What the host keeps of a scheduled run, in `<project>/.sygaldry/scheduled/`, which no container can write."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from sygaldry.config.resolve import Resolved
from sygaldry.config.settings import Settings, all_settings
from sygaldry.host import files
from sygaldry.jobs.limits import Limits
from sygaldry.jobs.paths import RunFiles, check_job, is_run
from sygaldry.model.batch import Handle
from sygaldry.model.errors import NotFoundError, StorageError
from sygaldry.model.json_text import parse_json

_SCHEMA: Final = 1
_LARGEST_BYTES: Final = 1 << 20


@dataclass(frozen=True)
class ScheduledRun:
    """A run as it was submitted; `handle` is None while it is unknown whether the scheduler accepted it."""

    uuid: str
    scheduler: str
    name: str  # under which the scheduler shows it
    job: str
    run: str
    workspace: str
    command: tuple[str, ...]
    settings: dict[str, Any] = field(repr=False)
    limits: Limits
    handle: Handle | None = None
    chain: int = -1  # the slot of --slots that it waits in
    array: str = ""


def folder_of(paths: RunFiles) -> str:
    """Return the folder of the records that belong to a folder of jobs."""
    project = os.path.dirname(os.path.dirname(paths.folder))
    return f"{project}/.sygaldry/scheduled"


def base_of(paths: RunFiles) -> str:
    """Return the base of the host's own files of a run."""
    return f"{folder_of(paths)}/{paths.job}-{paths.run}"


def resolved_of(record: ScheduledRun) -> Resolved:
    """Return the settings with which a run was submitted."""
    lists = {each.name for each in all_settings() if each.is_list}
    known = {each.name for each in all_settings()}
    values: dict[str, Any] = {
        name: tuple(value) if name in lists else value for name, value in record.settings.items() if name in known
    }
    return Resolved(Settings(**values), dict.fromkeys(known, "the job's record"))


def save_record(paths: RunFiles, record: ScheduledRun) -> None:
    """Write a record whole. Raises StorageError."""
    files.make_folder(folder_of(paths))
    data = {"v": _SCHEMA, **asdict(record)}
    files.replace(f"{base_of(paths)}.json", json.dumps(data, default=str))


def load_record(paths: RunFiles) -> ScheduledRun | None:
    """Read the record of a run; None if no scheduler was asked to start it, or if the record is damaged."""
    try:
        text = files.read_if_there(f"{base_of(paths)}.json", _LARGEST_BYTES, follow_links=False)
        return _parsed(parse_json(text)) if text else None
    except (StorageError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def load_record_at(path: str) -> tuple[RunFiles, ScheduledRun]:
    """Read a record by its path, as the batch script does. Raises NotFoundError."""
    project = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(path))))
    job, _, run = os.path.basename(path).removesuffix(".json").rpartition("-")
    if is_run(run):
        paths = RunFiles(f"{project}/bazel_cache/zephyr_jobs", check_job(job), run)
        if record := load_record(paths):
            return paths, record
    raise NotFoundError(f"there is no scheduled run in {path}", hint="list the jobs: sygaldry job list")


def records_in(paths: RunFiles) -> Iterator[ScheduledRun]:
    """Read the records of all runs beside one."""
    try:
        names = sorted(os.listdir(folder_of(paths)))
    except OSError:
        return
    for name in names:
        job, _, run = name.removesuffix(".json").rpartition("-")
        if name.endswith(".json") and is_run(run) and (record := load_record(RunFiles(paths.folder, job, run))):
            yield record


def with_handle(record: ScheduledRun, handle: Handle | None) -> ScheduledRun:
    """Return the record of a run that the scheduler accepted."""
    return replace(record, handle=handle)


def _parsed(data: dict[str, Any]) -> ScheduledRun:
    limits = {**data["limits"], "after": tuple(data["limits"]["after"]), "mask": tuple(data["limits"]["mask"])}
    handle = Handle(**data["handle"]) if data.get("handle") else None
    rest = {name: value for name, value in data.items() if name not in ("v", "limits", "handle", "command")}
    return ScheduledRun(**rest, limits=Limits(**limits), handle=handle, command=tuple(data["command"]))
