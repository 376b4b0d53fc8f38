"""Start a job in an engine's container and stay until it has ended; what the engine knows of the end is kept."""

import json
import os
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from sygaldry.flows.job.lookup import look, orphans_lock
from sygaldry.flows.job.runner.engine_retry import starts_again
from sygaldry.flows.job.runner.final_state import end
from sygaldry.flows.launch.plan import Plan
from sygaldry.flows.runtime.container import ask_engine, remove_container
from sygaldry.host import files
from sygaldry.host.locks import wait_until_free
from sygaldry.host.run import run
from sygaldry.jobs import events
from sygaldry.jobs.paths import Names
from sygaldry.model.command import Completed
from sygaldry.model.job import State
from sygaldry.model.value import replace

if TYPE_CHECKING:
    from sygaldry.jobs.limits import Limits

_PATIENCE_S: Final = 60.0
_STARTS_WITHIN_S: Final = 5.0
_TICK_S: Final = 0.5
_CANNOT_RUN: Final = (126, 127)
_REFUSED: Final = (125, 126, 127)
_UNREACHED: Final = ("cannot connect", "connection refused")  # by its own word the client asked nobody


def run_in_container(names: Names, plan: Plan, limits: "Limits", lock: int) -> str | None:
    """Carry a job out; returns what became of its container, None if there is no more to tell.

    The client holds `lock`, which says that somebody is starting the job, also when we are killed.
    """
    engine, container = plan.runtime.name, plan.workspace.name
    chosen = {"runtime": engine, "container": container}
    tried = 0
    while not (began := _started(names, plan, chosen, lock)).yes:
        if began.yes is None:
            return None  # neither a failure nor a success: whoever asks later will hear
        tried += 1
        if not starts_again(names, limits, tried, began.why):
            _give_up(names, f"{engine} did not start it: {began.why}")
            return None
    became = _wait_for_start(names, chosen)
    wait_until_free({"": names.supervisor_lock}, None)
    while (seen := look(names, asks_engine=False)).truth.state is State.ORPHANED:
        wait_until_free({"": orphans_lock(seen)}, None)
    if not seen.told:
        _keep_what_the_engine_knows(names, chosen)
    return became


class _Began(NamedTuple):
    """Whether a container began, None if nobody knows; and why not."""

    yes: bool | None
    why: str = ""


def _started(names: Names, plan: Plan, chosen: events.Event, lock: int) -> _Began:
    answer = run(replace(plan.start, holds=(lock,)))
    refused = answer.returncode in _REFUSED
    unreached = refused and any(word in answer.err.lower() for word in _UNREACHED)
    began = answer.ok or (False if unreached else _began(names, chosen, killed=not refused))
    if began is False:
        remove_container(chosen)
    return _Began(began, _reason(plan.runtime.name, answer))


def _give_up(names: Names, why: str) -> None:
    if os.path.exists(names.stop):
        end(names, State.STOPPED, "user", f"somebody asked for it before it began; {why}")
    else:
        end(names, State.FAILED, "runner", why)


def remove_what_earlier_runs_left(names: Names, earlier: tuple[Names, ...]) -> None:
    """Remove the container of the run before, which stays when its runner was killed."""
    for each in earlier[-1:]:
        chosen = events.first(each.events, "prepared")
        if each.run < names.run and chosen and look(each).truth.state.final:
            remove_container(chosen)


def _began(names: Names, chosen: events.Event, *, killed: bool) -> bool | None:
    """Tell whether a container began though its client did not say so; None if its engine stays silent.

    An engine goes on starting what it was asked for when the client is killed.
    """
    now = time.monotonic()
    deadline, patience = now + (_STARTS_WITHIN_S if killed else 0), now + _PATIENCE_S
    while True:
        state, _ = ask_engine(names, chosen)
        if events.first(names.events, "started") or (state and (state.get("Running") or _has_ended(state))):
            return True
        if time.monotonic() >= (deadline if state else patience):
            return False if state else None
        time.sleep(_TICK_S)


def _has_ended(state: events.Event) -> bool:
    return not state.get("Running") and state.get("Status") not in ("created", "configured", "initialized", "removed")


def _reason(engine: str, answer: Completed) -> str:
    """Pick the line that says why; docker's client ends with an invitation to read its help."""
    if answer.returncode not in _REFUSED:
        return f"its client was killed before {engine} started anything"
    lines = answer.err.splitlines()
    marks = (f"{engine}: ", "Error: ")
    return next((line for line in lines if line.startswith(marks)), answer.last_line)


def _wait_for_start(names: Names, chosen: events.Event) -> str:
    """Wait until the supervisor has begun, or its container is gone; returns what became of the container."""
    deadline, ask_at = time.monotonic() + _PATIENCE_S, time.monotonic() + _TICK_S
    while not events.first(names.events, "started") and time.monotonic() < deadline:
        if time.monotonic() > ask_at:
            state, _ = ask_engine(names, chosen)
            if state and not state.get("Running"):
                code = state.get("ExitCode")
                without = "; is there a python3 in the image?" if code in _CANNOT_RUN else ""
                return f"the container ended with exit code {code}{without}"
            ask_at = time.monotonic() + _TICK_S
        time.sleep(0.05)
    return "the container ended"


def _keep_what_the_engine_knows(names: Names, chosen: events.Event) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        state, _ = ask_engine(names, chosen)
        if state and not state.get("Running"):
            files.replace(names.engine, json.dumps(state))
            return
        time.sleep(_TICK_S)
