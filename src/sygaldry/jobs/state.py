"""Infer the state of a run from evidence: locks, the exit code, the exit event and the engine."""

from dataclasses import dataclass, replace
from math import inf
from types import MappingProxyType
from typing import Any, Final

from sygaldry.model.job import Ender, State
from sygaldry.supervisor.status_line import ended_with

GONE: Final = MappingProxyType({"Status": "removed"})  # the state of a container that the engine does not know
ABANDONED: Final = "the process that waits for its turn is gone; to continue: sygaldry job queue --start"
_AT_ONCE: Final = "all its processes were killed at once; there is no exit code"
_UNWRITABLE: Final = "its storage cannot be written, so there is no exit code"
_FULL: Final = "the disk of its storage is full, so there is no exit code"
_NOT_STARTED: Final = ("created", "configured", "initialized")  # docker uses the first, podman all
_ENGINE_STARTS_WITHIN_S: Final = 30.0


@dataclass(frozen=True)
class Evidence:
    """What the disk, the kernel and the engine report.

    `code` is the exit code that the shell wrote; `exit` the exit event of the ledger, if any. `engine` is the engine's
    state of the container, None if there is none; `engine_silent` is the reason why it could not be queried.
    """

    supervisor: bool = False  # the supervisor holds its lock
    exit_shell: bool = False  # the shell that holds the run lock and writes the exit code
    host: bool = False  # a process on the host prepares the start
    code: int | None = None
    exit: dict[str, Any] | None = None
    anchor: bool = False  # the supervisor's parent, which records the exit if the supervisor was killed
    stage: str = ""  # the state in the status line: QUEUED, START, RETRY, ...
    started: bool = False
    queued: bool = False  # the host can still start it: its request is in the queue
    stop_requested: bool = False
    booted_since: bool = False
    engine: dict[str, Any] | None = None
    engine_silent: str = ""
    prepared_s_ago: float = inf  # the time since the engine was asked to start it
    unwritable: bool = False  # its storage has become read-only
    full: bool = False  # the disk of its storage has no space left
    observed: dict[str, Any] | None = None  # the exit event in the host's own record
    foreign_host: str = ""  # the run belongs to another machine, whose locks may be invisible here


@dataclass(frozen=True)
class RunState:
    """The inferred state of a run with its reason."""

    state: State
    code: int | None = None
    by: Ender = Ender.NOBODY
    why: str = ""
    is_observed: bool = False  # by the host; else it rests on files that the job itself could write


def infer_state(evidence: Evidence) -> RunState:
    """Infer the state: first what the host observed, then held locks, then files; missing evidence is never success."""
    if evidence.observed:
        return replace(_from_exit_event(evidence.observed), is_observed=True)
    if evidence.supervisor:
        return RunState(State.RETRY if evidence.stage == "RETRY" else State.PROGRESS)
    if evidence.exit_shell:
        return RunState(State.ORPHANED, by=Ender.RUNNER, why="its supervisor is gone; the command still runs")
    return _from_exit_event(evidence.exit) if evidence.exit else _infer_without_exit_event(evidence)


def _infer_without_exit_event(evidence: Evidence) -> RunState:
    """Infer the state of a run without held locks and without an exit event."""
    if evidence.anchor and evidence.started:
        return RunState(
            State.ORPHANED, by=Ender.RUNNER, why="its supervisor is gone; the final state is being recorded"
        )
    if evidence.code is not None:
        by_code = _by_code(evidence.code)
        if by_code.state is State.FAILED and evidence.stop_requested:
            return RunState(State.STOPPED, evidence.code, Ender.USER, "stopped by user")
        return by_code
    if (evidence.host or evidence.anchor) and not evidence.started:
        return RunState(State.QUEUED if evidence.stage == "QUEUED" else State.START)
    if evidence.queued and not evidence.started:
        return _abandoned(evidence)
    return _lost(evidence)


def _abandoned(evidence: Evidence) -> RunState:
    """Infer the state of a queued run without its host process, which a kill or a restart of the machine ended."""
    if evidence.stop_requested:
        return RunState(State.STOPPED, by=Ender.USER, why="stopped by user while queued")
    if evidence.foreign_host:
        return RunState(State.QUEUED, why=f"it waits on host {evidence.foreign_host}")
    return RunState(State.QUEUED, why=ABANDONED)


def _from_exit_event(event: dict[str, Any]) -> RunState:
    code = event.get("rc")
    try:
        state = State(str(event.get("state")))
        ender = Ender(str(event.get("by", "-")))
    except ValueError:  # written by a newer release
        return (
            _by_code(code)
            if isinstance(code, int)
            else RunState(State.UNKNOWN, why="its ledger was written by a newer release")
        )
    code = code if isinstance(code, int) else None
    contradicts = (state is State.DONE and code != 0) or (state is State.FAILED and code == 0)
    if not state.final or contradicts:
        return _by_code(code) if code is not None else RunState(State.UNKNOWN, why="its exit event is not valid")
    return RunState(state, code, ender, str(event.get("why", "")))


def _by_code(code: int) -> RunState:
    if code == 0:
        return RunState(State.DONE, 0, Ender.JOB)
    return RunState(State.FAILED, code, Ender.JOB, ended_with(code))


def _lost(evidence: Evidence) -> RunState:
    if evidence.booted_since:
        return RunState(State.LOST, by=Ender.MACHINE, why="the machine was restarted while it ran")
    if evidence.engine:
        return _by_engine(evidence.engine, evidence)
    if silent := _silent(evidence):
        return RunState(State.UNKNOWN, why=silent)
    if not evidence.started:
        return RunState(State.LOST, by=Ender.RUNNER, why="the process that should have started it is gone")
    return RunState(State.LOST, by=Ender.MACHINE, why=_why_without_code(evidence) or _AT_ONCE)


def _why_without_code(evidence: Evidence) -> str:
    if evidence.unwritable:
        return _UNWRITABLE
    return _FULL if evidence.full else ""


def _silent(evidence: Evidence) -> str:
    if evidence.engine_silent:
        return f"the engine does not answer: {evidence.engine_silent}"
    foreign = evidence.foreign_host
    return f"it belongs to host {foreign}, whose locks are not visible here" if foreign else ""


def _by_engine(engine: dict[str, Any], evidence: Evidence) -> RunState:
    """Infer the state from the engine. A container that is created may still start after its client is gone."""
    waits = engine.get("Status") in _NOT_STARTED and not engine.get("Error")
    if engine.get("Running") and evidence.started:
        return RunState(State.UNKNOWN, why="its container runs but holds no lock")
    if engine.get("Running") or (waits and evidence.prepared_s_ago < _ENGINE_STARTS_WITHIN_S):
        return RunState(State.START)
    if engine.get("OOMKilled"):
        return RunState(State.OOM, 137, Ender.MACHINE, "the kernel killed its container: out of memory")
    if evidence.stop_requested:
        return RunState(State.STOPPED, by=Ender.USER, why="stopped by user; its container had to be removed")
    if evidence.started and (why := _why_without_code(evidence)):
        return RunState(State.LOST, by=Ender.MACHINE, why=why)
    return RunState(State.LOST, by=Ender.RUNNER, why=_ended_outside(engine, started=evidence.started))


def _ended_outside(engine: dict[str, Any], *, started: bool) -> str:
    if engine == GONE:
        return (
            "its container was removed from outside" if started else "the process that should have started it is gone"
        )
    if engine.get("Status") in _NOT_STARTED and not engine.get("Error"):
        return "its container was created but never started"
    code = engine.get("ExitCode")
    why = "its container was ended from outside" if started else "its container ended before the job began"
    why += f" (exit code {code})" if isinstance(code, int) else ""
    return f"{why}: {engine['Error']}" if engine.get("Error") else why
