"""Stop a job: all its processes have ended when this returns."""

import contextlib
import json
import os

from sygaldry.flows.job.batch.cancel import cancel
from sygaldry.flows.job.batch.element import create_element
from sygaldry.flows.job.facts import facts, line
from sygaldry.flows.job.lookup import RunSnapshot, find_run, inspect_run
from sygaldry.flows.job.record import append_record, read_request
from sygaldry.flows.job.runner.final_state import finalize
from sygaldry.flows.job.scheduled.elements import element_files, keep_stopped
from sygaldry.flows.job.scheduled.record import ScheduledRun, array_of, load_record
from sygaldry.flows.job.until_final import wait_until_final
from sygaldry.flows.runtime.container import container_of, remove_container
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles
from sygaldry.jobs.state import RunState
from sygaldry.model.errors import CommandFailedError
from sygaldry.model.job import Ender, State
from sygaldry.model.report import Report
from sygaldry.supervisor.ledger import now, replace

_MARGIN_S = 20.0
_AT_WORK = (State.START, State.PROGRESS, State.RETRY, State.ORPHANED)
_LONGEST_GRACE_S = 86400.0


def job_stop(folder: str, job: str, run: str = "") -> Report:
    """Ask the supervisor to end the process tree; an ended job is left unchanged."""
    paths = find_run(folder, job, run)
    snapshot = inspect_run(paths)
    if snapshot.state.final:
        data = facts(snapshot)
        return Report(data, (line(snapshot, data),), (f"job {job} had already ended",))
    record = load_record(paths)
    if record and record.task >= 0 and not paths.is_separate:
        paths = create_element(array_of(paths) or paths, record.task)  # for the request to stop
    _request(paths)
    for each in snapshot.elements:
        if each.state in _AT_WORK:
            _request(element_files(paths, each.task))
    if record and not events.first(paths.events, "started"):
        # Nobody runs who could read the request.
        _close_waiting(snapshot, paths, record, cancel(paths, record, waiting=bool(snapshot.elements)))
        if snapshot.state is State.UNKNOWN:
            _require_answer(job, inspect_run(paths))  # a later start finds the request and refuses to run
    ended = wait_until_final(paths, _grace(paths) + _MARGIN_S) and inspect_run(paths).state.final
    if not ended and not _forced(paths, snapshot.submitted):
        if record:
            _require_answer(job, inspect_run(paths))
        raise CommandFailedError(
            f"job {job} has not ended yet",
            hint=f"the machine may be busy; check again: sygaldry job status --job {job}",
        )
    snapshot = inspect_run(paths)
    finalize(snapshot)
    data = facts(snapshot)
    return Report(data, (line(snapshot, data),))


def _require_answer(job: str, snapshot: RunSnapshot) -> None:
    """Raise CommandFailedError for a run about which nobody can say whether it has ended."""
    if snapshot.state is State.UNKNOWN:
        raise CommandFailedError(
            f"it is unknown whether job {job} has ended: {snapshot.why}",
            hint=f"to close it where nothing will ever answer for it: sygaldry job forget --job {job}",
        )


def _close_waiting(snapshot: RunSnapshot, paths: RunFiles, record: ScheduledRun, refused: str) -> None:
    """Record the end of elements that had not started: the scheduler forgets them, and a late start refuses to run."""
    if refused:
        return
    if snapshot.elements:
        waiting = (each.task for each in snapshot.elements if not each.state.final and each.state not in _AT_WORK)
        keep_stopped(paths, (task for task in waiting if not element_files(paths, task).is_separate))
    elif record.task >= 0:
        verdict = RunState(State.STOPPED, by=Ender.USER, why="stopped by user before it started")
        finalize(RunSnapshot(paths, verdict, submitted=snapshot.submitted))


def _request(paths: RunFiles) -> None:
    """Ask the supervisor of a run to end it."""
    append_record(paths, "stop", {"uid": os.getuid()})
    replace(paths.stop, json.dumps({"ts": now(), "uid": os.getuid(), "pid": os.getpid()}))
    _wake(paths)


def _wake(paths: RunFiles) -> None:
    """Wake the supervisor; without a reader it finds the stop file on its next tick."""
    with contextlib.suppress(OSError):
        descriptor = os.open(paths.control, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            os.write(descriptor, b"stop\n")
        finally:
            os.close(descriptor)


def _grace(paths: RunFiles) -> float:
    grace = read_request(paths).get("grace_s", 10)
    return float(grace) if isinstance(grace, (int, float)) and 0 <= grace < _LONGEST_GRACE_S else 10.0


def _forced(paths: RunFiles, submitted: events.Event) -> bool:
    """End it from outside: by its scheduler, or by removing its container."""
    if record := load_record(paths):
        return not cancel(paths, record) and wait_until_final(paths, _MARGIN_S)
    _, container = container_of(submitted)
    return bool(container) and remove_container(paths, submitted) and wait_until_final(paths, _MARGIN_S)
