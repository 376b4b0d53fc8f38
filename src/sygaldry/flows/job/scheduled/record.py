"""What the host keeps of a scheduled run, in `<project>/.sygaldry/scheduled/`, which no container can write."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from sygaldry.config.resolve import Resolved
from sygaldry.config.settings import Settings, all_settings
from sygaldry.flows.job.scheduled.memo import Memo
from sygaldry.host import files
from sygaldry.jobs.limits import Limits
from sygaldry.jobs.paths import RunFiles, check_job, is_run
from sygaldry.model.array import TaskSet, parse_tasks
from sygaldry.model.batch import Handle
from sygaldry.model.errors import NotFoundError, StorageError
from sygaldry.model.json_text import parse_json

_SCHEMA: Final = 1


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
    array: str = ""  # its tasks; each is a job of its own, NAME.TASK, with the run ID of the array
    task: int = -1  # of an element, whose record is the array's
    folder: str = ""  # in which the command starts
    options: dict[str, Any] = field(default_factory=dict)  # what `job run` asked the scheduler for

    @property
    def tasks(self) -> TaskSet | None:
        """The tasks of a whole array; None for a single job and for an element."""
        return parse_tasks(self.array) if self.array and self.task < 0 else None


def folder_of(paths: RunFiles) -> str:
    """Return the folder of the records that belong to a folder of jobs."""
    project = os.path.dirname(os.path.dirname(paths.folder))
    return f"{project}/.sygaldry/scheduled"


def base_of(paths: RunFiles) -> str:
    """Return the base of the host's own files of a run."""
    return f"{folder_of(paths)}/{paths.job}-{paths.run}"


def end_path(paths: RunFiles) -> str:
    """Return where the scheduler's last word about a run is kept."""
    return f"{base_of(paths)}.ended"


def output_path(paths: RunFiles) -> str:
    """Return where the batch script's own output goes, of Sygaldry and of the scheduler; the job's goes to its log."""
    return f"{base_of(paths)}.out"


def resolved_of(record: ScheduledRun) -> Resolved:
    """Return the settings with which a run was submitted."""
    return resolved_from(record.settings)


def resolved_from(saved: dict[str, Any]) -> Resolved:
    """Return settings that were saved with a run; those of a newer release are left out."""
    lists = {each.name for each in all_settings() if each.is_list}
    known = {each.name for each in all_settings()}
    values: dict[str, Any] = {
        name: tuple(value) if name in lists else value for name, value in saved.items() if name in known
    }
    return Resolved(Settings(**values), dict.fromkeys(known, "the job's record"))


def save_record(paths: RunFiles, record: ScheduledRun) -> None:
    """Write a record whole. Raises StorageError."""
    files.make_folder(folder_of(paths))
    data = {"v": _SCHEMA, **asdict(record)}
    files.replace(f"{base_of(paths)}.json", json.dumps(data, default=str))


def load_record(paths: RunFiles) -> ScheduledRun | None:
    """Read the record of a run; None if no scheduler was asked to start it, or if the record is damaged.

    The record of an element is that of its array.
    """
    return _load(paths) or _load_element(paths)


def array_of(paths: RunFiles) -> RunFiles | None:
    """Return the array that a run would be an element of, by its name."""
    array, _, task = paths.job.rpartition(".")
    return RunFiles(paths.folder, array, paths.run) if array and task.isdecimal() else None


def _load_element(paths: RunFiles) -> ScheduledRun | None:
    array = array_of(paths)
    record = _load(array) if array else None
    task = paths.job.rpartition(".")[2]
    if record and record.tasks and str(int(task)) == task and int(task) in record.tasks:
        return replace(record, job=paths.job, task=int(task))
    return None


def _load(paths: RunFiles) -> ScheduledRun | None:
    try:
        return _RECORDS.read(f"{base_of(paths)}.json")
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


def _parsed(text: str) -> ScheduledRun:
    data: dict[str, Any] = parse_json(text)
    limits = {**data["limits"], "after": tuple(data["limits"]["after"]), "mask": tuple(data["limits"]["mask"])}
    handle = Handle(**data["handle"]) if data.get("handle") else None
    rest = {name: value for name, value in data.items() if name not in ("v", "limits", "handle", "command")}
    record = ScheduledRun(**rest, limits=Limits(**limits), handle=handle, command=tuple(data["command"]))
    if record.array:
        parse_tasks(record.array)  # raises for a damaged record
    return record


_RECORDS: Final = Memo(_parsed)
