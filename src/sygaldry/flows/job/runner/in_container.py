"""Start a job in an engine's container, wait until it has ended, and save the engine's final state."""

import json
import os
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from sygaldry.flows.job.lookup import inspect_run, orphans_lock
from sygaldry.flows.job.runner.container_signals import ContainerSignals
from sygaldry.flows.job.runner.engine_retry import should_retry_start
from sygaldry.flows.job.runner.final_state import record_exit
from sygaldry.flows.job.scheduled.record import load_record
from sygaldry.flows.launch.plan import Plan
from sygaldry.flows.runtime.container import ask_engine, remove_container
from sygaldry.host import files
from sygaldry.host.locks import wait_until_free
from sygaldry.host.run import run
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles
from sygaldry.model.command import Completed
from sygaldry.model.job import State
from sygaldry.model.value import replace
from sygaldry.supervisor.lifeline import hold

if TYPE_CHECKING:
    from sygaldry.jobs.limits import Limits

_PATIENCE_S: Final = 60.0
_STARTS_WITHIN_S: Final = 5.0
_TICK_S: Final = 0.5
_END_TICK_S: Final = 0.1
_CANNOT_RUN: Final = (126, 127)
_REFUSED: Final = (125, 126, 127)
_UNREACHED: Final = ("cannot connect", "connection refused")  # the client itself reports that it reached no engine


def run_in_container(paths: RunFiles, plan: Plan, limits: "Limits", lock: int) -> "ContainerEnd | None":
    """Run a job; return how its container ended, None if there is nothing to add.

    The client inherits `lock`, which proves that the job is being started even when we are killed. What a scheduler
    sends reaches the container, which ends when the scheduler has killed this process; a signal to the host's process
    of a job on this machine ends only that process.
    """
    if load_record(paths) is None:
        return _run(paths, plan, limits, lock)
    lifeline = hold(paths.lifeline())
    try:
        with ContainerSignals(plan.runtime.name, plan.workspace.name, limits.grace_s) as signals:
            return _run(paths, plan, limits, lock, signals)
    finally:
        if lifeline >= 0:
            os.close(lifeline)


def _run(
    paths: RunFiles, plan: Plan, limits: "Limits", lock: int, signals: ContainerSignals | None = None
) -> "ContainerEnd | None":
    engine, container = plan.runtime.name, plan.workspace.name
    chosen = {"runtime": engine, "container": container}
    retries = 0
    while not (start := _start(paths, plan, chosen, lock)).started:
        if start.started is None:
            return None  # neither a failure nor a success yet: a later query finds out
        retries += 1
        if not should_retry_start(paths, limits, retries, start.why):
            _give_up(paths, f"{engine} did not start it: {start.why}")
            return None
    if signals:
        signals.release()
    end_reason = _wait_for_start(paths, chosen)
    wait_until_free({"": paths.supervisor_lock}, None)
    while (snapshot := inspect_run(paths, asks_engine=False)).state is State.ORPHANED:
        wait_until_free({"": orphans_lock(snapshot)}, None)
    code = _save_engine_state(paths, chosen, keep=not snapshot.has_exit_event)
    return ContainerEnd(end_reason, code)


class ContainerEnd(NamedTuple):
    """How a container ended, by the engine: a reason, and the exit code of its first process if the engine knows it."""

    reason: str
    code: int | None


class _StartResult(NamedTuple):
    """Whether a container started, None if unknown; and why not."""

    started: bool | None
    why: str = ""


def _start(paths: RunFiles, plan: Plan, container: events.Event, lock: int) -> _StartResult:
    answer = run(replace(plan.start, holds=(lock,)))
    refused = answer.returncode in _REFUSED
    unreached = refused and any(word in answer.err.lower() for word in _UNREACHED)
    started = answer.ok or (False if unreached else _has_started(paths, container, killed=not refused))
    if started is False:
        remove_container(paths, container)
    return _StartResult(started, _reason(plan.runtime.name, answer))


def _give_up(paths: RunFiles, why: str) -> None:
    if os.path.exists(paths.stop):
        record_exit(paths, State.STOPPED, "user", f"stopped by user before it started; {why}")
    else:
        record_exit(paths, State.FAILED, "runner", why)


def remove_stale_container(paths: RunFiles, earlier: tuple[RunFiles, ...]) -> None:
    """Remove the container of the previous run, which remains when its runner was killed."""
    for each in earlier[-1:]:
        container = inspect_run(each, asks_engine=False).submitted
        if each.run < paths.run and container and inspect_run(each).state.final:
            remove_container(each, container)


def _has_started(paths: RunFiles, container: events.Event, *, killed: bool) -> bool | None:
    """Return whether a container started although its client failed; None if the engine stays silent.

    An engine continues to start a container after its client is killed.
    """
    now = time.monotonic()
    deadline, patience = now + (_STARTS_WITHIN_S if killed else 0), now + _PATIENCE_S
    while True:
        state, _ = ask_engine(paths, container)
        if events.first(paths.events, "started") or (state and (state.get("Running") or _has_ended(state))):
            return True
        if time.monotonic() >= (deadline if state else patience):
            return False if state else None
        time.sleep(_TICK_S)


def _has_ended(state: events.Event) -> bool:
    return not state.get("Running") and state.get("Status") not in ("created", "configured", "initialized", "removed")


def _reason(engine: str, answer: Completed) -> str:
    """Return the line with the reason; docker's client adds a pointer to its help after it."""
    if answer.returncode not in _REFUSED:
        return f"its client was killed before {engine} started anything"
    lines = answer.err.splitlines()
    marks = (f"{engine}: ", "Error: ", "unknown ", "invalid ")
    return next((line for line in lines if line.startswith(marks)), answer.last_line)


def _wait_for_start(paths: RunFiles, container: events.Event) -> str:
    """Wait until the supervisor has begun or its container has ended; return why it ended."""
    deadline, ask_at = time.monotonic() + _PATIENCE_S, time.monotonic() + _TICK_S
    while not events.first(paths.events, "started") and time.monotonic() < deadline:
        if time.monotonic() > ask_at:
            state, _ = ask_engine(paths, container)
            if state and not state.get("Running"):
                code = state.get("ExitCode")
                without = "; is there a python3 in the image?" if code in _CANNOT_RUN else ""
                return f"the container ended with exit code {code}{without}"
            ask_at = time.monotonic() + _TICK_S
        time.sleep(0.05)
    return "the container ended"


def _save_engine_state(paths: RunFiles, container: events.Event, *, keep: bool) -> int | None:
    """Wait until the engine knows the end; return the exit code, and keep the state as evidence where it is needed."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        state, _ = ask_engine(paths, container)
        if state and not state.get("Running"):
            if keep:
                files.replace(paths.engine, json.dumps(state))
            code = state.get("ExitCode")
            return code if isinstance(code, int) and state.get("Status") == "exited" else None
        time.sleep(_END_TICK_S)
    return None
