"""What `job run` asks a scheduler for beside the settings."""

from dataclasses import dataclass, fields, replace
from typing import Final

from sygaldry import schedulers
from sygaldry.config.kinds import is_word
from sygaldry.config.settings import Settings
from sygaldry.flows.runtime import scheduler
from sygaldry.model.array import TaskSet, parse_tasks
from sygaldry.model.batch import Resources
from sygaldry.model.errors import UsageError

_LONGEST_NAME: Final = 64


@dataclass(frozen=True)
class BatchOptions:
    """What `job run` asks a scheduler for beside the settings."""

    gpus: str = ""
    nodes: int = 0
    tasks: int = 0
    begin: str = ""
    nice: int = 0
    requeue: bool = False
    array: str = ""


NO_OPTIONS: Final = BatchOptions()
_TYPED: Final = {"tasks": "--ntasks"}


@dataclass(frozen=True)
class BatchRequest:
    """A scheduler and what a run asks it for."""

    scheduler: str
    resources: Resources
    options: BatchOptions


def check_options(chosen: str, options: BatchOptions) -> None:
    """Refuse options that only a scheduler can fulfil, for a job that runs on this machine. Raises UsageError.

    A value is one word: it becomes a line of the scheduler's script.
    """
    for name in ("gpus", "begin"):
        if (value := getattr(options, name)) and not is_word(value):
            raise UsageError(f"not a valid value: --{name} {value!r}", hint="--gpus 2; --begin now+1hour")
    asked = [each.name for each in fields(options) if getattr(options, each.name) != each.default]
    if asked and not chosen:
        option = _TYPED.get(asked[0], f"--{asked[0]}")
        raise UsageError(
            f"{option} is for a scheduled job, and this job runs on this machine",
            hint=f"add --executor {schedulers.names()[0]}, or omit {option}",
        )


def check_array(job: str, array: str, slots: int = 0) -> TaskSet:
    """Return the tasks of an array. Raises UsageError."""
    if slots:
        raise UsageError("an array has a limit of its own, not --slots", hint=f"--array 0-99%{slots}")
    try:
        tasks = parse_tasks(array)
    except ValueError as error:
        raise UsageError(f"not a valid value: --array {array!r}: {error}", hint="--array 0-99%4") from error
    longest = f"{job}.{max(each[-1] for each in tasks.ranges)}"
    if len(longest) > _LONGEST_NAME:
        raise UsageError(f"the name of an element would be too long: {longest}", hint="choose a shorter --job name")
    return tasks


def resources_of(settings: Settings, options: BatchOptions) -> Resources:
    """Return what a job asks its scheduler for."""
    typed = {each: getattr(options, each) for each in ("gpus", "nodes", "tasks", "begin", "nice")}
    return replace(scheduler.resources_of(settings), **typed)
