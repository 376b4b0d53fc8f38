"""What is true of a run, worked out from evidence alone: locks, the exit code, and what its ledger says of the end."""

from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import Any, Final

from sygaldry.model.job import Ender, State
from sygaldry.supervisor.status_line import ended_with

GONE: Final = MappingProxyType({"Status": "removed"})  # what is kept of an engine that knows no such container
_AT_ONCE: Final = "everything of it was killed at once; no exit code was left"
_UNWRITABLE: Final = "its storage cannot be written, so no exit code could be left"
_NOT_STARTED: Final = ("created", "configured", "initialized")  # docker says the first, podman all
_ENGINE_STARTS_WITHIN_S: Final = 30.0


@dataclass(frozen=True)
class Evidence:
    """What is on the disk and what the kernel and the engine say.

    `code` is the exit code that the shell left; `exit` the ledger's own last word, if it wrote one. `engine` is what
    the engine says of the container, None if there is none; `engine_silent` if it could not be asked.
    """

    supervisor: bool = False  # holds its lock
    shim: bool = False  # the shell that holds the run lock and writes the exit code
    host: bool = False  # somebody on the host is still preparing the start
    code: int | None = None
    exit: dict[str, Any] | None = None
    anchor: bool = False  # the supervisor's parent, which writes the last word if the supervisor was killed
    stage: str = ""  # what the status line says: QUEUED, START, RETRY, ...
    started: bool = False
    asked_to_stop: bool = False
    booted_since: bool = False
    engine: dict[str, Any] | None = None
    engine_silent: str = ""
    prepared_s_ago: float = inf  # when the engine was asked to start it
    unwritable: bool = False  # its storage has become read-only
    foreign_host: str = ""  # the run belongs to another machine, whose locks we may not see


@dataclass(frozen=True)
class Truth:
    """The state with its reason."""

    state: State
    code: int | None = None
    by: Ender = Ender.NOBODY
    why: str = ""


def truth(evidence: Evidence) -> Truth:
    """Judge. A lock that is held beats every word on the disk; silence is never success."""
    if evidence.supervisor:
        return Truth(State.RETRY if evidence.stage == "RETRY" else State.PROGRESS)
    if evidence.shim:
        return Truth(State.ORPHANED, by=Ender.RUNNER, why="its supervisor is gone; the exit code is still to come")
    return _told(evidence.exit) if evidence.exit else _untold(evidence)


def _untold(evidence: Evidence) -> Truth:
    """Judge a run that neither supervisor nor shell holds and whose ledger has no last word."""
    if evidence.anchor and evidence.started:
        return Truth(State.ORPHANED, by=Ender.RUNNER, why="its supervisor is gone; the last word is still to come")
    if evidence.code is not None:
        by_code = _by_code(evidence.code)
        if by_code.state is State.FAILED and evidence.asked_to_stop:
            return Truth(State.STOPPED, evidence.code, Ender.USER, "somebody asked for it")
        return by_code
    if (evidence.host or evidence.anchor) and not evidence.started:
        return Truth(State.QUEUED if evidence.stage == "QUEUED" else State.START)
    return _lost(evidence)


def _told(told: dict[str, Any]) -> Truth:
    code = told.get("rc")
    try:
        state = State(str(told.get("state")))
        ender = Ender(str(told.get("by", "-")))
    except ValueError:  # written by a newer release
        return _by_code(code) if isinstance(code, int) else Truth(State.UNKNOWN, why="its ledger is newer than we are")
    return Truth(state, code if isinstance(code, int) else None, ender, str(told.get("why", "")))


def _by_code(code: int) -> Truth:
    if code == 0:
        return Truth(State.DONE, 0, Ender.JOB)
    return Truth(State.FAILED, code, Ender.JOB, ended_with(code))


def _lost(evidence: Evidence) -> Truth:
    if evidence.booted_since:
        return Truth(State.LOST, by=Ender.MACHINE, why="the machine was restarted while it ran")
    if evidence.engine:
        return _by_engine(evidence.engine, evidence)
    if silent := _silent(evidence):
        return Truth(State.UNKNOWN, why=silent)
    if not evidence.started:
        return Truth(State.LOST, by=Ender.RUNNER, why="what should have started it is gone")
    return Truth(State.LOST, by=Ender.MACHINE, why=_UNWRITABLE if evidence.unwritable else _AT_ONCE)


def _silent(evidence: Evidence) -> str:
    if evidence.engine_silent:
        return f"the engine does not answer: {evidence.engine_silent}"
    foreign = evidence.foreign_host
    return f"it belongs to {foreign}, whose locks are not seen from here" if foreign else ""


def _by_engine(said: dict[str, Any], evidence: Evidence) -> Truth:
    """Judge by the engine's words. A container that it has not started yet may still begin, whoever asked is gone."""
    waits = said.get("Status") in _NOT_STARTED and not said.get("Error")
    if said.get("Running") and evidence.started:
        return Truth(State.UNKNOWN, why="its container runs but holds no lock")
    if said.get("Running") or (waits and evidence.prepared_s_ago < _ENGINE_STARTS_WITHIN_S):
        return Truth(State.START)
    if said.get("OOMKilled"):
        return Truth(State.OOM, 137, Ender.MACHINE, "the kernel killed its container for want of memory")
    if evidence.asked_to_stop:
        return Truth(State.STOPPED, by=Ender.USER, why="somebody asked for it; its container had to be ended")
    if evidence.unwritable and evidence.started:
        return Truth(State.LOST, by=Ender.MACHINE, why=_UNWRITABLE)
    return Truth(State.LOST, by=Ender.RUNNER, why=_ended_outside(said, started=evidence.started))


def _ended_outside(said: dict[str, Any], *, started: bool) -> str:
    if said == GONE:
        return "its container was removed from outside" if started else "what should have started it is gone"
    if said.get("Status") in _NOT_STARTED and not said.get("Error"):
        return "its container was made and never started"
    code = said.get("ExitCode")
    why = "its container was ended from outside" if started else "its container ended before the job began"
    why += f" (exit code {code})" if isinstance(code, int) else ""
    return f"{why}: {said['Error']}" if said.get("Error") else why
