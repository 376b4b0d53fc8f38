"""Follow the output of jobs until they have ended, across retries and newer runs."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from sygaldry.flows.job import log_reader
from sygaldry.flows.job.log_reader import read_chunks
from sygaldry.flows.job.logs import check_log
from sygaldry.flows.job.lookup import RunSnapshot, find_run, inspect_run
from sygaldry.host.locks import wait_until_free
from sygaldry.jobs.paths import RunFiles
from sygaldry.jobs.render import PIECE, render_line
from sygaldry.model.errors import UsageError
from sygaldry.model.job import State
from sygaldry.supervisor.safe_files import size_of

_LOOK_S: Final = 0.2
_MOST_AT_ONCE: Final = 16 << 20  # bytes in memory for a job that prints faster than we do
_Emit = Callable[[str], None]


def job_follow(folder: str, jobs: Sequence[str], run: str, lines: int, emit: _Emit) -> int:
    """Print the last lines of each job, then new output until all have ended; return the exit code of `wait`.

    With several jobs, each line begins with the name of its job.
    """
    width = max(len(job) for job in jobs)
    followers = [
        _Follower(find_run(folder, job, run), lines, _named(job, width, emit) if len(jobs) > 1 else emit)
        for job in jobs
    ]
    while True:
        moved = [each.step() for each in followers]
        if all(each.end is not None for each in followers):
            return max(each.end.answer for each in followers if each.end is not None)
        if not any(moved):
            _pause([each for each in followers if each.end is None])


def _named(job: str, width: int, emit: _Emit) -> _Emit:
    return lambda line: emit(f"{job:{width}} | {line}")


def _pause(alive: "Sequence[_Follower]") -> None:
    """Sleep for a moment; the end of a single job wakes us at once."""
    lock = alive[0].lock if len(alive) == 1 else ""
    if lock:
        wait_until_free({"": lock}, _LOOK_S)
    else:
        time.sleep(_LOOK_S)


class _Follower:
    """The place in the output of one job. `end` is its state once it has ended and everything is printed."""

    def __init__(self, paths: RunFiles, lines: int, emit: _Emit) -> None:
        snapshot = inspect_run(paths)
        _refuse_array(snapshot)
        check_log(snapshot.log)
        self.end: State | None = None
        self.lock = ""  # held while the job runs
        self._paths, self._attempt, self._emit, self._rest = paths, snapshot.attempt, emit, b""
        self._offset = size_of(snapshot.log)
        for line in log_reader.last_lines(snapshot.log, lines):
            emit(line)

    def step(self) -> bool:
        """Print what is new; return whether anything was, or whether the place moved."""
        if self.end is not None:
            return False
        snapshot = inspect_run(self._paths)  # before the size: what is printed before the end is printed here
        self.lock = self._paths.supervisor_lock if snapshot.state is State.PROGRESS else ""
        return self._print_new() or self._next_attempt(snapshot) or self._next_run(snapshot)

    def _print_new(self) -> bool:
        log = self._paths.log(self._attempt)
        size = min(size_of(log), self._offset + _MOST_AT_ONCE)
        if size <= self._offset:
            return False
        raw = self._rest + b"".join(read_chunks(log, self._offset, size))
        self._offset = size
        *whole, self._rest = raw.split(b"\n")
        for line in whole:
            self._emit(render_line(line))
        if len(self._rest) > 2 * PIECE:
            self._rest = self._rest[-PIECE:]
        return True

    def _next_attempt(self, snapshot: RunSnapshot) -> bool:
        if snapshot.attempt <= self._attempt:
            return False
        self._attempt, self._offset = self._attempt + 1, 0
        self._emit(f"[attempt {self._attempt}]")
        return True

    def _next_run(self, snapshot: RunSnapshot) -> bool:
        newer = find_run(self._paths.folder, self._paths.job)
        is_newer = newer.run > self._paths.run
        if not snapshot.state.final and not is_newer:
            return False
        if self._rest:
            self._emit(render_line(self._rest))
            self._rest = b""
        if is_newer:
            self._paths, self._attempt, self._offset = newer, 1, 0
            self._emit(f"[run {newer.run}]")
        else:
            self.end = snapshot.state
        return True


def _refuse_array(snapshot: RunSnapshot) -> None:
    if snapshot.elements:
        job = snapshot.paths.job
        raise UsageError(
            f"job {job} is an array, whose elements have logs of their own",
            hint=f"follow one: sygaldry job tail --job {job}.{snapshot.elements[0].task} -f",
        )
