"""Find a run and gather the evidence of its state: the first step of every `job` verb."""

import errno
import os
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, Final

from sygaldry.config.resolve import Resolved
from sygaldry.discovery import nearest
from sygaldry.flows.job.record import newest, read_record
from sygaldry.flows.job.scheduled.ask import FRESH_S
from sygaldry.flows.job.scheduled.elements import Element, combined, elements_of, kept_element, kept_elements
from sygaldry.flows.job.scheduled.record import ScheduledRun, array_of, load_record
from sygaldry.flows.job.scheduled.verdict import scheduled_verdict
from sygaldry.flows.runtime.container import ask_engine, saved_engine_state
from sygaldry.flows.storage.project import find_storage
from sygaldry.host.boot import boot_id, boottime
from sygaldry.host.disk import free_and_size
from sygaldry.host.locks import is_held
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles, check_job, is_run, jobs_in, newest_run, runs_of
from sygaldry.jobs.state import Evidence, RunState, infer_state
from sygaldry.jobs.status_line import read_status
from sygaldry.model.errors import NoSuchJobError, SygaldryError, UsageError
from sygaldry.model.job import Ender, State
from sygaldry.model.storage import FOLDERS
from sygaldry.supervisor.exit_code_shell import read_exit_code
from sygaldry.supervisor.ledger import last_attempt

_LEAST_BYTES: Final = 64 << 10  # of free space that an exit code and its event need
_CHOSEN: Final = ("runtime", "container", "image", "gpu", "prepared_s")


@dataclass(frozen=True)
class RunSnapshot:
    """The state of a run at one moment."""

    paths: RunFiles
    verdict: RunState
    attempt: int = 1
    submitted: dict[str, Any] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    has_exit_event: bool = False
    elements: tuple[Element, ...] = ()  # of an array

    @property
    def state(self) -> State:
        return self.verdict.state

    @property
    def code(self) -> int | None:
        return self.verdict.code

    @property
    def by(self) -> Ender:
        return self.verdict.by

    @property
    def why(self) -> str:
        return self.verdict.why

    @property
    def log(self) -> str:
        return self.paths.log(self.attempt)


def jobs_folder(resolved: Resolved, workspace: str) -> str:
    """Return the job folder of the project; inside the environment it is where the launch mounted it."""
    if os.environ.get("SYGALDRY_CONTAINER") and not resolved.settings.storage_root:
        return f"{FOLDERS['bazel_cache']}/zephyr_jobs"
    return os.fspath(find_storage(resolved, workspace).storage.jobs)


def find_run(folder: str, job: str, run: str = "") -> RunFiles:
    """Return the files of a run, by default the newest. Raises NoSuchJobError."""
    check_job(job)
    if run and not is_run(run):
        raise UsageError(f"not a run ID: {run!r}", hint=f"list them: sygaldry job list {job}")
    found = (run if _exists(RunFiles(folder, job, run)) else "") if run else latest_run(folder, job)
    if not found:
        known = jobs_in(folder)
        meant = nearest(job, known)
        what = f"job {job!r} has no run {run}" if run and job in known else f"there is no job {job!r}"
        raise NoSuchJobError(what, hint=f"did you mean {meant!r}?" if meant and meant != job else "sygaldry job list")
    return RunFiles(folder, job, found)


def latest_run(folder: str, job: str) -> str:
    """Return the newest run of a job, also of an element of an array that has not started; empty if there is none."""
    own = newest_run(folder, job)
    array = array_of(RunFiles(folder, job, ""))
    run = newest_run(folder, array.job) if array else ""
    return run if run > own and load_record(RunFiles(folder, job, run)) else own


def _exists(paths: RunFiles) -> bool:
    return os.path.lexists(paths.events) or (array_of(paths) is not None and load_record(paths) is not None)


def inspect_run(
    paths: RunFiles, *, asks_engine: bool = True, asks_scheduler: bool = True, answer_age_s: float = FRESH_S
) -> RunSnapshot:
    """Gather the evidence of a run and infer its state.

    A scheduler's answer that is at most `answer_age_s` seconds old is used again.
    Locks are tested before files are read, because a supervisor records its exit and then releases its lock. They are
    tested again before an end without an exit event is reported, because a new supervisor first takes its lock.
    """
    while True:
        snapshot = _snapshot(paths, answer_age_s if asks_scheduler else None, asks_engine=asks_engine)
        if snapshot.has_exit_event or not snapshot.state.final or not is_at_work(paths, snapshot.attempt):
            return snapshot


def is_at_work(paths: RunFiles, attempt: int) -> bool:
    """Return whether the supervisor or the command's shell holds its lock."""
    return is_held(paths.supervisor_lock) or is_held(paths.run_lock(attempt))


def _snapshot(paths: RunFiles, answer_age_s: float | None, *, asks_engine: bool) -> RunSnapshot:
    scheduled = load_record(paths)
    if scheduled and scheduled.tasks:
        return _array_snapshot(paths, scheduled, answer_age_s)
    if scheduled and scheduled.task >= 0 and not paths.is_separate:
        return _waiting_element(paths, scheduled, answer_age_s)
    record = read_record(paths)
    if observed := newest(record, "exit"):
        evidence = Evidence(exit=observed, observed=observed)
        verdict = infer_state(evidence)
        if answer_age_s is not None:
            verdict = scheduled_verdict(paths, evidence, verdict, answer_age_s)
        return RunSnapshot(paths, verdict, last_attempt(paths), _submitted(paths, record), has_exit_event=True)
    supervisor, shell = is_held(paths.supervisor_lock), is_held(paths.run_lock(last_attempt(paths)))
    attempt = last_attempt(paths)
    submitted = _submitted(paths, record)
    status = _current_status(paths)
    evidence = Evidence(supervisor, shell, stage=status.get("state", ""))
    if not supervisor and not shell:
        evidence = _gather_evidence(paths, attempt, submitted, evidence.stage, asks_engine=asks_engine)
    verdict = infer_state(evidence)
    if answer_age_s is not None and not supervisor and not shell:
        verdict = scheduled_verdict(paths, evidence, verdict, answer_age_s)
    if scheduled is None and verdict.state in (State.LOST, State.UNKNOWN) and (within := submitted.get("within")):
        verdict = replace(verdict, why=f"{verdict.why}; it ran inside {within}, whose end ends its processes")
    return RunSnapshot(paths, verdict, attempt, submitted, status, has_exit_event=evidence.exit is not None)


def _array_snapshot(paths: RunFiles, scheduled: ScheduledRun, answer_age_s: float | None) -> RunSnapshot:
    record = read_record(paths)
    submitted = _submitted(paths, record)
    if observed := newest(record, "exit"):
        verdict = infer_state(Evidence(exit=observed, observed=observed))
        return RunSnapshot(paths, verdict, 1, submitted, has_exit_event=True, elements=kept_elements(paths))

    def inspect(element: RunFiles) -> Element:
        snapshot = _snapshot(element, answer_age_s, asks_engine=False)
        task = int(element.job.rpartition(".")[2])
        return Element(task, snapshot.verdict, is_recorded=snapshot.state.final and snapshot.has_exit_event)

    elements = elements_of(paths, scheduled, inspect)
    return RunSnapshot(paths, combined(paths.job, elements), 1, submitted, elements=elements)


def _waiting_element(paths: RunFiles, scheduled: ScheduledRun, answer_age_s: float | None) -> RunSnapshot:
    """Inspect an element without files of its own: it has not started, or its node's files are not visible yet."""
    array = array_of(paths) or paths
    record = read_record(array)
    submitted = _submitted(array, record)
    if kept := kept_element(array, scheduled.task):
        return RunSnapshot(paths, kept.verdict, 1, submitted, has_exit_event=True)
    if observed := newest(record, "exit"):  # the scheduler refused the array, or a user closed it
        verdict = infer_state(Evidence(exit=observed, observed=observed))
        return RunSnapshot(paths, verdict, 1, submitted, has_exit_event=True)
    verdict = RunState(State.UNKNOWN, why="the scheduler was not asked")
    if answer_age_s is not None:
        evidence = Evidence(stop_requested=os.path.exists(array.stop))
        verdict = scheduled_verdict(paths, evidence, verdict, answer_age_s)
    return RunSnapshot(paths, verdict, 1, submitted, has_exit_event=verdict.state.final)


def _submitted(paths: RunFiles, record: tuple[events.Event, ...]) -> events.Event:
    """Return what was asked for and what runs it: by the host's record, or by the ledger of a run without one."""
    if record:
        prepared, submitted = newest(record, "prepared"), newest(record, "submitted")
    else:
        prepared, submitted = events.first(paths.events, "prepared"), events.first(paths.events, "submitted")
    return {**submitted, **{name: prepared[name] for name in _CHOSEN if name in prepared}}


def _current_status(paths: RunFiles) -> dict[str, str]:
    """Return the fields of the newest status line of a run: the supervisor's, or the host's before it begins."""
    for path in (paths.status, f"{paths.folder}/{paths.job}.status"):
        status = read_status(path)
        if status.get("run") == paths.run:
            return status
    return {}


def inspect_or_unknown(paths: RunFiles, *, asks_engine: bool = True, answer_age_s: float = FRESH_S) -> RunSnapshot:
    """Inspect a run of a list; one whose files cannot be read is UNKNOWN and does not spoil the list."""
    try:
        return inspect_run(paths, asks_engine=asks_engine, answer_age_s=answer_age_s)
    except (SygaldryError, OSError, ValueError, TypeError, ArithmeticError) as error:
        return RunSnapshot(paths, RunState(State.UNKNOWN, why=f"its files cannot be read: {error}"))


def orphans_lock(snapshot: RunSnapshot) -> str:
    """Return the lock that an orphaned run releases next: at its exit code, then at its exit event."""
    lock = snapshot.paths.run_lock(snapshot.attempt)
    return lock if is_held(lock) else snapshot.paths.anchor_lock


def all_runs(folder: str, job: str) -> tuple[RunFiles, ...]:
    """Return the files of all runs of a job, oldest first."""
    return tuple(RunFiles(folder, job, run) for run in runs_of(folder, job))


def _gather_evidence(
    paths: RunFiles, attempt: int, submitted: dict[str, Any], stage: str, *, asks_engine: bool
) -> Evidence:
    host, anchor = is_held(paths.host_lock), is_held(paths.anchor_lock)
    started = bool(events.first(paths.events, "started"))
    code = read_exit_code(paths.code(attempt))
    exit_event = events.last(paths.events, "exit") or None
    booted = bool(submitted) and submitted.get("boot_id") != boot_id()
    # The boot ID identifies a machine; its name may change, and two machines may have the same.
    foreign = str(submitted.get("host", "")) if booted and submitted.get("host") != os.uname().nodename else ""
    engine, silent = None, ""
    if exit_event is None and code is None and not anchor and (started or not host) and not booted:
        engine, silent = ask_engine(paths, submitted) if asks_engine else saved_engine_state(paths, submitted)
    prepared = submitted.get("prepared_s")
    return Evidence(
        anchor=anchor,
        host=host,
        code=code,
        exit=exit_event,
        stage=stage,
        started=started,
        queued=paths.is_separate and os.path.isfile(paths.queued),
        stop_requested=os.path.exists(paths.stop),
        booted_since=booted and not foreign,
        engine=engine,
        engine_silent=silent,
        prepared_s_ago=boottime() - prepared if isinstance(prepared, (int, float)) else inf,
        unwritable=_is_read_only(paths.events),
        full=is_full(paths.folder),
        foreign_host=foreign,
    )


def is_full(folder: str) -> bool:
    """Return whether the disk of a job's folder has too little space for an exit code and an event."""
    try:
        return free_and_size(folder)[0] < _LEAST_BYTES
    except OSError:
        return False


def _is_read_only(path: str) -> bool:
    """Return whether the storage is read-only; access(2) does not report it after a disk error."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC))
    except OSError as error:
        return error.errno == errno.EROFS
    return False
