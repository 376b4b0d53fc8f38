"""The state of a job, who ended it, and the exit code of `job wait` for it."""

from enum import StrEnum

from sygaldry.model.exit_codes import FAILED, STILL_RUNNING, SUCCESS


class State(StrEnum):
    """The state of a run. Everything from DONE on is final."""

    QUEUED = "QUEUED"
    START = "START"
    PROGRESS = "PROGRESS"
    RETRY = "RETRY"
    ORPHANED = "ORPHANED"  # the supervisor is gone, the command still runs, its exit code is pending
    UNKNOWN = "UNKNOWN"  # the engine or scheduler does not answer: neither a failure nor a success
    DONE = "DONE"
    FAILED = "FAILED"
    STOPPED = "STOPPED"
    TIMEOUT = "TIMEOUT"
    OOM = "OOM"
    LOST = "LOST"

    @property
    def final(self) -> bool:
        return self in _ANSWERS and self is not State.ORPHANED

    @property
    def word(self) -> str:
        """The first word of a status line; existing scripts match on these four words."""
        if self is State.DONE:
            return "DONE"
        if self.final:
            return "FAILED"
        return "START" if self in (State.QUEUED, State.START) else "PROGRESS"

    @property
    def answer(self) -> int:
        """The exit code of `job wait`; 124 while the job is running."""
        return _ANSWERS.get(self, STILL_RUNNING)


_ANSWERS = {
    State.DONE: SUCCESS,
    State.FAILED: FAILED,
    State.OOM: FAILED,
    State.STOPPED: 3,
    State.LOST: 4,
    State.ORPHANED: 4,
    State.TIMEOUT: 6,
}


class Ender(StrEnum):
    """Who ended a run."""

    JOB = "job"
    USER = "user"
    RUNNER = "runner"
    MACHINE = "machine"
    SCHEDULER = "scheduler"
    NOBODY = "-"
