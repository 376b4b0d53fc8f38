"""Infer the state of a run from its scheduler's word, where locks of another machine cannot be seen."""

from dataclasses import dataclass
from math import inf
from typing import Final

from sygaldry.jobs.state import RunState
from sygaldry.model.batch import Phase, SchedulerReport
from sygaldry.model.job import Ender, State

# A supervisor writes its status every 10 seconds; a shared file system may show it a minute later.
STALE_S: Final = 120.0
_BEATS_S: Final = 25.0

# https://slurm.schedmd.com/squeue.html#SECTION_JOB-STATE-CODES: how a job ended that left no exit code
_ENDS: Final = {
    "TIMEOUT": (State.TIMEOUT, Ender.SCHEDULER, "the time limit of the scheduler ended it"),
    "DEADLINE": (State.TIMEOUT, Ender.SCHEDULER, "its deadline ended it"),
    "OUT_OF_MEMORY": (State.OOM, Ender.MACHINE, "it exceeded the memory that it had requested"),
    "NODE_FAIL": (State.LOST, Ender.MACHINE, "its node failed"),
    "BOOT_FAIL": (State.LOST, Ender.MACHINE, "its node did not boot"),
    "PREEMPTED": (State.LOST, Ender.SCHEDULER, "a job of higher priority took its place"),
    "REVOKED": (State.LOST, Ender.SCHEDULER, "another cluster started it"),
}
_NEVER: Final = "DependencyNeverSatisfied"


@dataclass(frozen=True)
class SchedulerEvidence:
    """What a scheduler reports about a run, and how old every sign is, in seconds.

    `report` is None if the scheduler does not know the job (any more), which proves nothing. `unreachable` is the
    reason why it could not be asked, `answered_s` the time since it last answered, `history_unreachable` the reason
    why its accounting could not be asked. `heartbeat_s` is the age of the run's last sign of life in its own files;
    it is infinite on the machine of the run, where a lock that is not held proves its end.
    `ended_s` is the time since the scheduler first reported the end; `delay_s` the time after which a file that was
    written on another machine must be visible here.
    """

    title: str
    report: SchedulerReport | None = None
    unreachable: str = ""
    history_unreachable: str = ""
    answered_s: float = inf
    heartbeat_s: float = inf
    ended_s: float = 0
    delay_s: float = 60
    interrupted_by: int | None = None  # the exit code of a start that was ended from outside


def infer_scheduled_state(evidence: SchedulerEvidence, *, started: bool, stop_requested: bool) -> RunState:
    """Judge a run without exit code, exit event or visible lock. Silence and absence are never an end."""
    alive = started and evidence.heartbeat_s <= STALE_S
    report = evidence.report
    if report is None and evidence.interrupted_by is not None:
        return RunState(State.UNKNOWN, why=f"ended from outside; {_unknown(evidence, started=True)}")
    if report is None:
        return RunState(State.PROGRESS) if alive else RunState(State.UNKNOWN, why=_unknown(evidence, started=started))
    if report.phase is Phase.ENDED:
        return _ended(report, evidence, started=started, stop_requested=stop_requested)
    if report.phase is Phase.UNKNOWN:
        return RunState(State.UNKNOWN, why=f"{evidence.title} reports {report.word or 'nothing'}, an unknown state")
    return _alive(report, evidence, started=started)


def _alive(report: SchedulerReport, evidence: SchedulerEvidence, *, started: bool) -> RunState:
    if not started:
        return RunState(State.START) if report.phase is Phase.ACTIVE else RunState(State.QUEUED, why=_pending(report))
    if report.phase is Phase.WAITING or evidence.interrupted_by is not None:
        return RunState(State.RETRY, why=f"{evidence.title} will start it again, {_pending(report)}")
    if evidence.heartbeat_s <= STALE_S:
        return RunState(State.PROGRESS)
    if evidence.heartbeat_s == inf:
        why = f"{evidence.title} reports {report.word}, but no process of the job is left on this machine"
        return RunState(State.UNKNOWN, why=why)
    silent = f"{evidence.title} reports {report.word}, but the job gave no sign of life for"
    return RunState(State.UNKNOWN, why=f"{silent} {_duration(evidence.heartbeat_s)}")


def ending_of(report: SchedulerReport, title: str, code: int | None) -> RunState | None:
    """Return how the scheduler ended a job that did leave an exit code; None if it ended by itself.

    The exit code is always the job's own: schedulers lose bits of it.
    """
    if report.word == "CANCELLED":
        return RunState(State.STOPPED, code, Ender.USER, _cancelled(report, title))
    if report.word in _ENDS:
        state, ender, why = _ENDS[report.word]
        return RunState(state, code, ender, f"{why} ({title}: {report.word})")
    return None


def _ended(report: SchedulerReport, evidence: SchedulerEvidence, *, started: bool, stop_requested: bool) -> RunState:
    title, code = evidence.title, evidence.interrupted_by
    if started and code is None and evidence.heartbeat_s <= _BEATS_S + evidence.delay_s:
        # A daemon that dies alone is a failed node to its scheduler, and its jobs run on.
        lives = f"but it gave a sign of life {_duration(evidence.heartbeat_s)} ago"
        return RunState(State.UNKNOWN, why=f"{title} reports {report.word}, {lives}")
    if report.node and code is None and evidence.ended_s < evidence.delay_s:
        waits = f"{title} reports {report.word}; its exit code may still become visible"
        return RunState(State.UNKNOWN, why=waits)
    if report.word == "CANCELLED" and report.reason == _NEVER:
        return RunState(State.FAILED, by=Ender.SCHEDULER, why="a job that it waits for did not succeed")
    if stop_requested and report.word in ("CANCELLED", "FAILED", "COMPLETED"):
        return RunState(State.STOPPED, code, Ender.USER, "stopped by user")
    return ending_of(report, title, code) or _unexplained(report, title, code, started=started)


def _unexplained(report: SchedulerReport, title: str, code: int | None, *, started: bool) -> RunState:
    word = f"{title}: {report.word}" + (f", {report.reason}" if report.reason not in ("", "None") else "")
    if code is not None:
        return RunState(State.FAILED, code, Ender.MACHINE, f"ended by signal {code - 128} from outside ({word})")
    if not started:
        return RunState(State.FAILED, by=Ender.SCHEDULER, why=f"it ended before the command started ({word})")
    return RunState(State.LOST, by=Ender.SCHEDULER, why=f"it ended without an exit code ({word})")


def _cancelled(report: SchedulerReport, title: str) -> str:
    return f"cancelled by user {report.by}" if report.by else f"cancelled in {title}"


def _pending(report: SchedulerReport) -> str:
    return f"waiting: {report.reason}" if report.reason not in ("", "None") else "waiting"


def _unknown(evidence: SchedulerEvidence, *, started: bool) -> str:
    if evidence.unreachable:
        why = f"{evidence.title} does not answer: {evidence.unreachable}"
        if evidence.answered_s != inf:
            why += f"; its last answer came {_duration(evidence.answered_s)} ago"
    else:
        why = f"{evidence.title} does not know its job"
        if evidence.history_unreachable:
            why += f", and its accounting does not answer: {evidence.history_unreachable}"
    if started and evidence.heartbeat_s != inf:
        why += f"; last sign of life {_duration(evidence.heartbeat_s)} ago"
    return why


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f}s"
    return f"{seconds / 60:.0f}m" if seconds < 7200 else f"{seconds / 3600:.0f}h"
