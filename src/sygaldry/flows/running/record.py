"""The record of a project's running environment, kept in `<project>/.sygaldry`, which no container sees."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from sygaldry import runtimes
from sygaldry.host import files
from sygaldry.host.locks import is_held
from sygaldry.host.run import run
from sygaldry.model.command import Command
from sygaldry.model.errors import MachineNotReadyError, NotFoundError, StorageError

if TYPE_CHECKING:
    from sygaldry.model.storage import Storage

RUNNING, STOPPED, UNKNOWN = "running", "stopped", "unknown"
_PATIENCE_S = 20
_ABSENT = ("no such", "no container with name")


@dataclass(frozen=True)
class RunningEnvironment:
    """What was started; `name` is that of the container, empty for the sandbox."""

    project: str
    runtime: str
    name: str
    image: str
    workspace: str
    created_s: float
    idle_s: int = 0

    @property
    def is_container(self) -> bool:
        return not runtimes.get(self.runtime).foreground


def record_path(storage: Storage) -> str:
    return storage.at(".sygaldry", "environment.json")


def mutex_path(storage: Storage) -> str:
    """Return the lock under which an environment is started or ended."""
    return storage.at(".sygaldry", "environment.mutex")


def life_lock_path(storage: Storage) -> str:
    """Return the lock that a sandbox holds for as long as it lives."""
    return storage.at(".sygaldry", "environment.lock")


def socket_path(storage: Storage) -> str:
    return storage.at(".sygaldry", "environment.sock")


def log_path(storage: Storage) -> str:
    return storage.at(".sygaldry", "environment.log")


def load_record(storage: Storage) -> RunningEnvironment | None:
    """Return what was started, or None. Raises StorageError for a damaged record."""
    text = files.read_if_there(record_path(storage))
    if text is None:
        return None
    try:
        values = json.loads(text)
        record = RunningEnvironment(**{each.name: values[each.name] for each in fields(RunningEnvironment)})
        runtimes.get(record.runtime)
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(f"{record_path(storage)} is damaged", hint=f"rm {record_path(storage)}") from error
    return record


def save_record(storage: Storage, record: RunningEnvironment) -> None:
    files.replace(record_path(storage), json.dumps(asdict(record)) + "\n")


def remove_record(storage: Storage) -> None:
    for path in (record_path(storage), socket_path(storage)):
        try:
            os.unlink(path)
        except FileNotFoundError:
            continue


def state_of(storage: Storage, record: RunningEnvironment) -> str:
    """Return whether it runs; an engine that does not answer leaves that unknown."""
    if not record.is_container:
        return RUNNING if is_held(life_lock_path(storage)) else STOPPED
    asked = run(
        Command(
            (record.runtime, "container", "inspect", "--format", "{{.State.Running}}", record.name),
            timeout_s=_PATIENCE_S,
        )
    )
    if asked.ok:
        return RUNNING if asked.out.strip() == "true" else STOPPED
    return STOPPED if any(word in asked.err.lower() for word in _ABSENT) else UNKNOWN


def running_environment(storage: Storage) -> RunningEnvironment:
    """Return the environment that runs; raises NotFoundError with what to type, MachineNotReadyError if unknown."""
    record = load_record(storage)
    if record is None:
        raise NotFoundError(f"no environment of project {storage.project} is up", hint="start it: sygaldry up")
    state = state_of(storage, record)
    if state == UNKNOWN:
        raise MachineNotReadyError(f"{record.runtime} does not answer", hint="check it: sygaldry runtimes")
    if state == STOPPED:
        raise NotFoundError(f"the environment of project {storage.project} has stopped", hint="start it: sygaldry up")
    return record
