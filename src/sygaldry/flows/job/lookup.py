"""Find a run and gather the evidence of it: what every verb of `job` begins with."""

import errno
import os
import time
from dataclasses import dataclass, field
from math import inf
from typing import Any, Final

from sygaldry.config.resolve import Resolved
from sygaldry.discovery import nearest
from sygaldry.flows.runtime.container import ask_engine, saved_engine_state
from sygaldry.flows.storage.project import find_storage
from sygaldry.host.locks import is_held
from sygaldry.jobs import events
from sygaldry.jobs.paths import Names, check_job, is_run, jobs_in, newest_run, runs_of
from sygaldry.jobs.state import Evidence, Truth, truth
from sygaldry.jobs.status_line import read_status
from sygaldry.model.errors import NoSuchJobError, UsageError
from sygaldry.supervisor.exit_code_shell import code_of
from sygaldry.supervisor.ledger import last_attempt

_CHOSEN: Final = ("runtime", "container", "image", "prepared_s")


@dataclass(frozen=True)
class Seen:
    """A run as it is now."""

    names: Names
    truth: Truth
    attempt: int = 1
    submitted: dict[str, Any] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    told: bool = False  # its ledger has a last word

    @property
    def log(self) -> str:
        return self.names.log(self.attempt)


def jobs_folder(resolved: Resolved, workspace: str) -> str:
    """Return the folder of the project's jobs."""
    return os.fspath(find_storage(resolved, workspace).storage.jobs)


def names_of(folder: str, job: str, run: str = "") -> Names:
    """Name the files of a run, by default the newest. Raises NoSuchJobError."""
    check_job(job)
    if run and not is_run(run):
        raise UsageError(f"{run!r} is no run", hint=f"list them: sygaldry job list {job}")
    found = run if run and os.path.exists(Names(folder, job, run).events) else "" if run else newest_run(folder, job)
    if not found:
        known = jobs_in(folder)
        meant = nearest(job, known)
        what = f"job {job!r} has no run {run}" if run and job in known else f"there is no job {job!r}"
        raise NoSuchJobError(what, hint=f"did you mean {meant!r}?" if meant and meant != job else "sygaldry job list")
    return Names(folder, job, found)


def look(names: Names, *, asks_engine: bool = True) -> Seen:
    """Gather the evidence of a run and judge it.

    The locks are asked before the files are read, because a supervisor writes its last word and then lets go; and
    again before an end without a last word is told, because one that begins takes its lock and then writes its first.
    """
    while True:
        seen = _looked_at(names, asks_engine=asks_engine)
        if seen.told or not seen.truth.state.final or not is_at_work(names, seen.attempt):
            return seen


def is_at_work(names: Names, attempt: int) -> bool:
    """Tell whether a supervisor or a command's shell holds its lock."""
    return is_held(names.supervisor_lock) or is_held(names.run_lock(attempt))


def _looked_at(names: Names, *, asks_engine: bool) -> Seen:
    attempt = last_attempt(names)
    supervisor, shell = is_held(names.supervisor_lock), is_held(names.run_lock(attempt))
    attempt = last_attempt(names)
    prepared = events.first(names.events, "prepared")
    chosen: events.Event = {name: prepared[name] for name in _CHOSEN if name in prepared}
    submitted = {**events.first(names.events, "submitted"), **chosen}
    status = read_status(names.status)
    status = status if status.get("run") == names.run else {}
    evidence = Evidence(supervisor, shell, stage=status.get("state", ""))
    if not supervisor and not shell:
        evidence = _aftermath(names, attempt, submitted, evidence.stage, asks_engine=asks_engine)
    return Seen(names, truth(evidence), attempt, submitted, status, told=evidence.exit is not None)


def orphans_lock(seen: Seen) -> str:
    """Return the lock that is let go when an orphan's exit code is there, or then the one for its last word."""
    lock = seen.names.run_lock(seen.attempt)
    return lock if is_held(lock) else seen.names.anchor_lock


def all_runs(folder: str, job: str) -> tuple[Names, ...]:
    """Name the runs of a job, oldest first."""
    return tuple(Names(folder, job, run) for run in runs_of(folder, job))


def boot_id() -> str:
    """Return what changes with every start of the machine."""
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return file.read().strip()


def boottime() -> float:
    """Return a clock that nobody sets: seconds since the machine was started."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _aftermath(names: Names, attempt: int, submitted: dict[str, Any], stage: str, *, asks_engine: bool) -> Evidence:
    host, anchor = is_held(names.host_lock), is_held(names.anchor_lock)
    started = bool(events.first(names.events, "started"))
    code = code_of(names.code(attempt))
    told = events.last(names.events, "exit") or None
    booted = bool(submitted) and submitted.get("boot_id") != boot_id()
    foreign = str(submitted.get("host", "")) if submitted and submitted.get("host") != os.uname().nodename else ""
    engine, silent = None, ""
    if told is None and code is None and not anchor and (started or not host) and not booted:
        engine, silent = ask_engine(names, submitted) if asks_engine else saved_engine_state(names, submitted)
    prepared = submitted.get("prepared_s")
    return Evidence(
        anchor=anchor,
        host=host,
        code=code,
        exit=told,
        stage=stage,
        started=started,
        asked_to_stop=os.path.exists(names.stop),
        booted_since=booted and not foreign,
        engine=engine,
        engine_silent=silent,
        prepared_s_ago=boottime() - prepared if isinstance(prepared, (int, float)) else inf,
        unwritable=_is_read_only(names.events),
        foreign_host=foreign,
    )


def _is_read_only(path: str) -> bool:
    """Tell whether storage has become read-only; access(2) does not know it after an error of the disk."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC))
    except OSError as error:
        return error.errno == errno.EROFS
    return False
