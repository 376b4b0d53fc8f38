"""What stays behind on the host: waits for a job's turn, starts it, and writes down an end that nobody else could."""

import json
import os
import sys
import time
from typing import TYPE_CHECKING

from sygaldry import runtimes
from sygaldry.flows import _image
from sygaldry.flows._job_origin import image_key, lock_hashes
from sygaldry.flows._jobs import all_runs, ask_engine, look
from sygaldry.flows.job_wait import settled
from sygaldry.flows.launch import Plan, Request
from sygaldry.host import files
from sygaldry.host.attend import attend
from sygaldry.host.locks import is_held, wait_until_free
from sygaldry.host.machine import this_machine
from sygaldry.host.run import run
from sygaldry.jobs import events
from sygaldry.jobs.paths import Names, newest_run, runs_by_job
from sygaldry.jobs.status_line import status_line
from sygaldry.model.command import Command
from sygaldry.model.errors import SygaldryError
from sygaldry.model.job import State
from sygaldry.supervisor.ledger import now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sygaldry.flows.job_run import Limits

_PATIENCE_S = 60.0
_TICK_S = 0.5
_CANNOT_RUN = (126, 127)


def carry_out(
    names: Names, request: Request, planned: "Callable[[Mapping[str, str] | None], Plan]", limits: "Limits"
) -> None:
    """Start a job when it is its turn and stay until it has ended.

    `planned` plans it without the runtimes that it is told: whether the image can be had is found out only here.
    """
    try:
        with files.locked(planned(None).found.storage.in_use, shared=True):
            if not _has_its_turn(names, limits):
                return
            _show(names, "START")
            plan = _image.with_image(request.resolved, this_machine(), planned, _told)
            _tell_what_runs_it(names, plan, request.workspace)
            if os.path.exists(names.stop):
                _end(names, State.STOPPED, "user", "somebody asked for it before it began")
            elif runtimes.get(plan.chosen.name).attended:
                _in_sandbox(names, plan)
            else:
                _in_engine(names, plan)
    except SygaldryError as error:
        _end(names, State.FAILED, "runner", f"{error.problem}; {error.hint}")


def _tell_what_runs_it(names: Names, plan: Plan, workspace: str) -> None:
    attended = runtimes.get(plan.chosen.name).attended
    events.Events(names.events).append(
        "prepared",
        0,
        runtime=plan.chosen.name,
        container="" if attended else plan.workspace.name,
        image=plan.workspace.image,
        image_key=image_key(plan),
        locks=[f"{name} {lock}" for name, lock in lock_hashes(workspace).items()],
    )


def _in_sandbox(names: Names, plan: Plan) -> None:
    ended = attend(plan.start)
    if not ended.started and not events.first(names.events, "started"):
        _end(names, State.FAILED, "runner", f"the sandbox did not start: {_said(names)}")
        return
    _close(names, f"exit code {ended.returncode}")


def _in_engine(names: Names, plan: Plan) -> None:
    engine, container = plan.chosen.name, plan.workspace.name
    answer = run(plan.start)
    if not answer.ok:
        _end(names, State.FAILED, "runner", f"{engine} did not start it: {answer.last_line}")
        return
    became = _wait_for_start(names, engine, container)
    wait_until_free({"": names.supervisor_lock}, None)
    while (seen := look(names, asks_engine=False)).truth.state is State.ORPHANED:
        wait_until_free({"": names.run_lock(seen.attempt)}, None)
    _keep_what_the_engine_knows(names, engine, container)
    _close(names, became)
    run(Command(runtimes.get(engine).remove(container)))


def _wait_for_start(names: Names, engine: str, container: str) -> str:
    """Wait until the supervisor has begun, or its container is gone; returns what became of the container."""
    deadline, ask_at = time.monotonic() + _PATIENCE_S, time.monotonic() + _TICK_S
    while not events.first(names.events, "started") and time.monotonic() < deadline:
        if time.monotonic() > ask_at:
            state, _ = ask_engine(names, {"runtime": engine, "container": container})
            if state:
                code = state.get("ExitCode")
                without = "; is there a python3 in the image?" if code in _CANNOT_RUN else ""
                return f"the container ended with exit code {code}{without}"
            ask_at = time.monotonic() + _TICK_S
        time.sleep(0.05)
    return "the container ended"


def _keep_what_the_engine_knows(names: Names, engine: str, container: str) -> None:
    submitted = {"runtime": engine, "container": container}
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        state, silent = ask_engine(names, submitted)
        if state:
            files.replace(names.engine, json.dumps(state))
        if state or not silent:
            return
        time.sleep(_TICK_S)


def _close(names: Names, seen_from_outside: str) -> None:
    """Write the end down if nobody inside was left to."""
    if events.last(names.events, "exit"):
        return
    if events.first(names.events, "started"):
        settled(names, _PATIENCE_S)  # the kernel takes a moment to end a whole namespace
    if events.last(names.events, "exit"):
        return
    found = look(names).truth
    if found.state.final:
        _end(names, found.state, found.by, found.why, found.code)
    elif found.state is State.START:
        _end(names, State.FAILED, "runner", f"its supervisor did not start ({seen_from_outside}): {_said(names)}")


def _end(names: Names, state: State, by: str, why: str, code: int | None = None) -> None:
    size = os.path.getsize(names.log()) if os.path.exists(names.log()) else 0
    events.Events(names.events).append("exit", size, state=state.value, rc=code, by=by, why=why)
    _show(names, state, why=why, by=by, code="-" if code is None else str(code))


def _show(names: Names, state: str, *, why: str = "", by: str = "", code: str = "-") -> None:
    if newest_run(names.folder, names.job) != names.run:
        return
    stamp = now()[:19] + "Z"
    fields = {"job": names.job, "run": names.run, "ts": stamp, "state": state, "rc": code, "up": "0s", "by": by}
    files.replace(names.status, status_line(fields, why))


def _said(names: Names) -> str:
    """Return the last thing that was said while it was started."""
    text = files.read_if_there(names.runner) or ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing was said"


def _told(note: str) -> None:
    sys.stderr.write(f"{note}\n")


def _has_its_turn(names: Names, limits: "Limits") -> bool:
    """Wait for the jobs it comes after and for a free slot; False when it was stopped or they failed."""
    for other in limits.after:
        run_of_it = newest_run(names.folder, other)
        if not run_of_it:
            _end(names, State.FAILED, "runner", f"it should come after {other}, which does not exist")
            return False
        earlier = Names(names.folder, other, run_of_it)
        while not (seen := look(earlier).truth).state.final:
            if _is_stopped(names):
                return False
            time.sleep(_TICK_S)
        if seen.state is not State.DONE:
            _end(names, State.FAILED, "runner", f"it should come after {other}, which ended as {seen.state}")
            return False
    while limits.slots and not _has_slot(names, limits.slots):
        if _is_stopped(names):
            return False
        time.sleep(_TICK_S)
    return True


def _is_stopped(names: Names) -> bool:
    if os.path.exists(names.stop):
        _end(names, State.STOPPED, "user", "somebody asked for it while it was queued")
        return True
    return False


def _has_slot(names: Names, slots: int) -> bool:
    """Older jobs go first: those that run, and those of the queue that came before."""
    ahead = 0
    for job, runs in runs_by_job(names.folder).items():
        other = all_runs(names.folder, job)[-1] if runs else None
        if other is None or (other.job, other.run) == (names.job, names.run):
            continue
        at_work = is_held(other.supervisor_lock)
        waiting = is_held(other.host_lock) and not events.last(other.events, "exit")
        ahead += at_work or (waiting and (other.run, other.job) < (names.run, names.job))
    return ahead < slots
