"""What a job is at: its state, who ended it, and what a wait answers for it."""

from enum import StrEnum


class State(StrEnum):
    """Where a run is. Everything from DONE on is final."""

    QUEUED = "QUEUED"
    START = "START"
    PROGRESS = "PROGRESS"
    RETRY = "RETRY"
    ORPHANED = "ORPHANED"  # the supervisor is gone, the command goes on, its exit code is still to come
    UNKNOWN = "UNKNOWN"  # whoever could tell does not answer: neither a failure nor a success
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
        """The first word of a status line: loops of old match on these four."""
        if self is State.DONE:
            return "DONE"
        if self.final:
            return "FAILED"
        return "START" if self in (State.QUEUED, State.START) else "PROGRESS"

    @property
    def answer(self) -> int:
        """The exit code of `wait`; 124 while there is no answer yet."""
        return _ANSWERS.get(self, STILL_RUNNING)


STILL_RUNNING = 124
NO_SUCH_JOB = 5
ERROR_LINE = 10  # `wait --on error` saw an error line; the job goes on
_ANSWERS = {
    State.DONE: 0,
    State.FAILED: 1,
    State.OOM: 1,
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
