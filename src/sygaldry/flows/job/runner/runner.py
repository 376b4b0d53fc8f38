"""The detached host process of a job: wait for its turn, start it, and record an end that nobody else could."""

import fcntl
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sygaldry import runtimes
from sygaldry.flows.job.lookup import all_runs, inspect_run
from sygaldry.flows.job.record import append_record, link_outputs, link_status, read_request
from sygaldry.flows.job.runner.final_state import record_exit, record_observed_exit, remove_leftovers
from sygaldry.flows.job.runner.in_container import remove_stale_container, run_in_container
from sygaldry.flows.job.runner.provenance import image_facts, lock_hashes
from sygaldry.flows.job.runner.queue import Turn, wait_for_turn
from sygaldry.flows.job.runner.queue_record import leave_queue
from sygaldry.flows.job.scheduled.record import output_path
from sygaldry.flows.job.until_final import wait_until_final
from sygaldry.flows.launch.ensure_image import ensure_image
from sygaldry.flows.launch.foreground import run_plan
from sygaldry.flows.launch.plan import Plan
from sygaldry.flows.launch.post_create import run_post_create
from sygaldry.flows.launch.request import Request
from sygaldry.flows.runtime.container import remove_container
from sygaldry.host import files
from sygaldry.host.boot import boottime
from sygaldry.host.machine import this_machine
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles
from sygaldry.model.errors import SygaldryError
from sygaldry.model.job import State
from sygaldry.model.progress_note import ProgressNote
from sygaldry.model.value import replace
from sygaldry.supervisor.lease import Lease, newest_start
from sygaldry.supervisor.ledger import last_attempt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sygaldry.jobs.limits import Limits

Start = Callable[[int], int]  # with the lock to hold; returns the exit code
_PATIENCE_S: Final = 60.0
_OUT_OF_THE_WAY: Final = 20  # above the descriptors that programs are started with


class SpreadPlan(NamedTuple):
    """How the environment of each task is planned, and what starts the supervisor of all."""

    planned: "Callable[[Request, Mapping[str, str] | None], Plan]"
    start: Start


def run_job(
    paths: RunFiles,
    request: Request,
    planned: "Callable[[Request, Mapping[str, str] | None], Plan] | SpreadPlan",
    turn: Turn,
    lock: int,
) -> None:
    """Start a job when it is its turn and wait until it has ended.

    With a `SpreadPlan`, the supervisor runs outside of the environment, which the command's tasks enter themselves.
    `planned` plans it without the rejected runtimes: only here it is known whether the image is available.
    Every process that starts the job inherits `lock`, which proves it even when we are killed.
    """
    lease = Lease(paths)
    start = planned.start if isinstance(planned, SpreadPlan) else None
    planned = planned.planned if isinstance(planned, SpreadPlan) else planned
    lock = fcntl.fcntl(lock, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
    try:
        with files.locked(planned(request, None).found.storage.in_use, shared=True):
            if not wait_for_turn(paths, turn):
                remove_leftovers(paths)
                return
            plan = ensure_image(request, this_machine(), planned, _note)
            run_post_create(request, this_machine(), plan, _note)
            leave_queue(paths)  # from here on, a second start could run the command twice
            _record_prepared_event(paths, plan, request.workspace, in_container=start is None)
            link_status(paths)
            if os.path.exists(paths.stop):
                record_exit(paths, State.STOPPED, "user", "stopped by user before it started")
            elif start:
                _close(paths, "it ended", start(lock), lease)
            elif runtimes.get(plan.runtime.name).foreground:
                _in_foreground(paths, plan, lock, lease)
            else:
                _in_engine(paths, plan, turn.limits, lock, lease)
    except SygaldryError as error:
        # A disk that fills up after the end must not turn a job that has ended into one that failed to start.
        if not events.last(paths.events, "exit"):
            record_exit(paths, State.FAILED, "runner", f"{error.problem}; {error.hint}")


def _record_prepared_event(paths: RunFiles, plan: Plan, workspace: str, *, in_container: bool) -> None:
    foreground = runtimes.get(plan.runtime.name).foreground or not in_container
    facts: dict[str, Any] = {
        "runtime": plan.runtime.name,
        "container": "" if foreground else plan.workspace.name,
        "image": plan.workspace.image,
        "gpu": str(plan.gpus.line),
        **image_facts(plan),
        "locks": [f"{name} {lock}" for name, lock in lock_hashes(workspace).items()],
        "prepared_s": round(boottime(), 3),
    }
    append_record(paths, "prepared", facts)
    events.Events(paths.events).append("prepared", 0, **facts)
    remove_stale_container(paths, all_runs(paths.folder, paths.job)[:-1])


def _in_engine(paths: RunFiles, plan: Plan, limits: "Limits", lock: int, lease: Lease) -> None:
    ended = run_in_container(paths, plan, limits, lock)
    if ended is not None:
        _close(paths, ended.reason, ended.code, lease)
        if remove_container(paths, {"runtime": plan.runtime.name, "container": plan.workspace.name}):
            append_record(paths, "removed")
        else:
            _note(f"{plan.runtime.name} failed to remove {plan.workspace.name}; the next run or prune tries again")


def _in_foreground(paths: RunFiles, plan: Plan, lock: int, lease: Lease) -> None:
    ended = run_plan(plan, replace(plan.start, holds=(lock,)))
    # A run that its scheduler started again has an older "started".
    if not ended.started and events.last(paths.events, "started", "requeued").get("event") != "started":
        record_exit(paths, State.FAILED, "runner", f"{plan.runtime.name} did not start: {_last_output(paths)}")
        return
    _close(paths, f"exit code {ended.returncode}", ended.returncode, lease)


def _close(paths: RunFiles, reason: str, code: int | None, lease: Lease) -> None:
    """Record the end as the host saw it, or infer it if no process inside could record one."""
    if newest_start(paths) != lease.start:
        return  # a newer start of the run goes on
    if read_request(paths).get("requeue") and not events.last(paths.events, "exit"):
        return  # only the scheduler knows whether there will be another start
    _record_inferred_exit(paths, reason)
    if code is not None and events.last(paths.events, "exit"):
        record_observed_exit(paths, code)
    link_outputs(paths, last_attempt(paths))
    remove_leftovers(paths)


def _record_inferred_exit(paths: RunFiles, reason: str) -> None:
    if events.last(paths.events, "exit"):
        return
    if events.first(paths.events, "started"):
        wait_until_final(paths, _PATIENCE_S)  # the kernel takes a moment to end a whole namespace
    if events.last(paths.events, "exit"):
        return
    found = inspect_run(paths).verdict
    if found.state.final:
        record_exit(paths, found.state, found.by, found.why, found.code)
    elif found.state is State.START:
        record_exit(paths, State.FAILED, "runner", f"its supervisor did not start ({reason}): {_last_output(paths)}")


def _last_output(paths: RunFiles) -> str:
    """Return the last line that was printed during the start."""
    text = files.read_if_there(paths.runner) or files.read_if_there(output_path(paths)) or ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no output"


def _note(note: str) -> None:
    if isinstance(note, ProgressNote) and not note.kept:
        return  # nobody watches this log as it grows
    sys.stderr.write(f"{note}\n")
