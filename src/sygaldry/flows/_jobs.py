"""Find a run and gather the evidence of it: what every verb of `job` begins with."""

import json
import os
import time
from dataclasses import dataclass, field
from typing import Any

from sygaldry import runtimes
from sygaldry.config.resolve import Resolved
from sygaldry.discovery import nearest
from sygaldry.flows._storage import find_storage
from sygaldry.host.locks import is_held
from sygaldry.host.run import run as run_command
from sygaldry.jobs import events
from sygaldry.jobs.paths import Names, check_job, is_run, jobs_in, newest_run, runs_of
from sygaldry.jobs.status_line import read_status
from sygaldry.jobs.truth import Evidence, Truth, truth
from sygaldry.model.command import Command
from sygaldry.model.errors import NoSuchJobError, UsageError
from sygaldry.supervisor.shim import code_of


@dataclass(frozen=True)
class Seen:
    """A run as it is now."""

    names: Names
    truth: Truth
    attempt: int = 1
    submitted: dict[str, Any] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)

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

    The locks are asked before the files are read: a supervisor writes its last word and then lets go.
    """
    attempt = last_attempt(names)
    supervisor, shell = is_held(names.supervisor_lock), is_held(names.run_lock(attempt))
    attempt = last_attempt(names)
    prepared = events.first(names.events, "prepared")
    chosen: events.Event = {name: prepared[name] for name in ("runtime", "container", "image") if name in prepared}
    submitted = {**events.first(names.events, "submitted"), **chosen}
    status = read_status(names.status)
    status = status if status.get("run") == names.run else {}
    evidence = Evidence(supervisor, shell, stage=status.get("state", ""))
    if not supervisor and not shell:
        evidence = _aftermath(names, attempt, submitted, evidence.stage, asks_engine=asks_engine)
    return Seen(names, truth(evidence), attempt, submitted, status)


def last_attempt(names: Names) -> int:
    """Return the number of the newest attempt."""
    number = 1
    while os.path.exists(names.log(number + 1)):
        number += 1
    return number


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
    host = is_held(names.host_lock)
    code = code_of(names.code(attempt))
    told = events.last(names.events, "exit") or None
    started = bool(events.first(names.events, "started"))
    booted = bool(submitted) and submitted.get("boot_id") != boot_id()
    foreign = str(submitted.get("host", "")) if submitted and submitted.get("host") != os.uname().nodename else ""
    engine, silent = None, ""
    if asks_engine and told is None and code is None and started and not booted:
        engine, silent = ask_engine(names, submitted)
    return Evidence(
        host=host,
        code=code,
        exit=told,
        stage=stage,
        started=started,
        asked_to_stop=os.path.exists(names.stop),
        booted_since=booted and not foreign,
        engine=engine,
        engine_silent=silent,
        foreign_host=foreign,
    )


def ask_engine(names: Names, submitted: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
    """Ask the engine what became of the container: its answer, or why there is none."""
    runtime, container = str(submitted.get("runtime", "")), str(submitted.get("container", ""))
    try:
        with open(names.engine, encoding="utf-8") as file:
            kept = json.load(file)
        return (kept if isinstance(kept, dict) else None), ""
    except (OSError, ValueError):
        pass
    if runtime not in runtimes.names() or runtimes.get(runtime).attended or not container:
        return None, ""
    asked = run_command(Command((runtime, "inspect", "--format", "{{json .State}}", container), timeout_s=20))
    if asked.ok:
        try:
            state = json.loads(asked.out)
        except ValueError:
            return None, "its answer cannot be read"
        return (None, "its container runs but holds no lock") if state.get("Running") else (state, "")
    gone = "no such" in asked.err.lower()
    return None, "" if gone else asked.last_line or "no answer"
