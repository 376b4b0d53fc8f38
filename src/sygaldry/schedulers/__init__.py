"""What starts jobs on a cluster: one file per scheduler, each a set of pure pairs.

A pair is a command and the reading of its answer: `submit` and `submitted`, `status` and `states`, `cancel` and
`cancelled`. To add a scheduler, write `schedulers/NAME.py` that exports `SCHEDULER: Final[Scheduler]`, and its test
in `tests/unit/schedulers` with recorded answers; the setting `executor` offers its file name.

Running a job on this machine needs no scheduler: `executor=local` is the absence of one.
"""

import sys
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Protocol

from sygaldry import discovery
from sygaldry.model.batch import BatchJob, Handle, SchedulerReport
from sygaldry.model.command import Command, Completed


class UnreachableError(Exception):
    """The scheduler did not answer: neither a state nor the absence of one."""


class Scheduler(Protocol):
    """The interface of a scheduler. Every command has a time limit of its own."""

    title: str

    def probe(self) -> Command: ...
    def version(self, answer: Completed) -> str | None:
        """Return the version, None if the scheduler is not here."""
        ...

    def script(self, job: BatchJob) -> str:
        """Return the batch script of a job."""
        ...

    def submit(self, job: BatchJob, script: str, after: Sequence[str] = (), waits_for: str = "") -> Command:
        """Submit a script; it starts when the jobs `after` have succeeded and the job `waits_for` has ended."""
        ...

    def submitted(self, answer: Completed) -> Handle | None:
        """Read the handle of a submitted job; None if it is unknown whether the job was accepted.

        Raises ValueError with the scheduler's own words if it was refused.
        """
        ...

    def status(self, user: int) -> Command:
        """Ask for all jobs of a user that the scheduler still knows."""
        ...

    def history(self, user: int, names: Sequence[str], since: str) -> Command:
        """Ask the accounting for jobs of a user by name, submitted since a day, also those the scheduler forgot."""
        ...

    def states(self, answer: Completed) -> tuple[SchedulerReport, ...]:
        """Read an answer to `status` or `history`: reports about our jobs, which their uuids identify.

        Raises UnreachableError if the scheduler or its accounting did not answer.
        """
        ...

    def cancel(self, handle: Handle, name: str, task: int = -1, *, waiting: bool = False) -> Command:
        """Cancel a job, or one task of an array; with `waiting`, only what has not started.

        A task is cancelled by its id alone, so the caller asks first whether the id still is its job's.
        """
        ...

    def allocation(self, environment: Mapping[str, str]) -> str:
        """Return the name of the scheduler's job that these variables belong to; empty if there is none."""
        ...

    def spread(self, argv: Sequence[str]) -> tuple[str, ...]:
        """Return what runs a command once for each task of the job that this process belongs to."""
        ...

    def task(self, environment: Mapping[str, str]) -> str:
        """Return the number of the task that a process with these variables is; empty if it is none."""
        ...

    def signal_tasks(self, environment: Mapping[str, str]) -> tuple[str, ...]:
        """Return the command that sends a signal to all of these tasks; its number takes the place of SIGNAL."""
        ...

    def keep_ended(self, environment: Mapping[str, str]) -> Command:
        """Have the job that this process belongs to not started again."""
        ...

    def cancelled(self, answer: Completed) -> str:
        """Return why a job was not cancelled; empty if it was, or had ended."""
        ...


@cache
def get(name: str) -> Scheduler:
    """Return a scheduler by name."""
    scheduler: Scheduler = discovery.get(sys.modules[__name__], name, "SCHEDULER")
    return scheduler


def allocation(environment: Mapping[str, str]) -> str:
    """Return the job of any scheduler that a process with these variables is part of; empty if there is none."""
    return next((found for name in names() if (found := get(name).allocation(environment))), "")


def names() -> tuple[str, ...]:
    """Return the names of all schedulers."""
    return discovery.names(sys.modules[__name__])
