"""What stays behind on the host: waits for a job's turn, starts it, and writes down an end that nobody else could."""

import fcntl
import os
import sys
from typing import TYPE_CHECKING, Final

from sygaldry import runtimes
from sygaldry.flows.job.lookup import all_runs, boottime, look
from sygaldry.flows.job.runner.final_state import end, show
from sygaldry.flows.job.runner.in_container import remove_what_earlier_runs_left, run_in_container
from sygaldry.flows.job.runner.provenance import image_key, lock_hashes
from sygaldry.flows.job.runner.queue import has_its_turn
from sygaldry.flows.job.wait import settled
from sygaldry.flows.launch.ensure_image import ensure_image
from sygaldry.flows.launch.foreground import run_plan
from sygaldry.flows.launch.plan import Plan
from sygaldry.flows.launch.request import Request
from sygaldry.flows.runtime.container import remove_container
from sygaldry.host import files
from sygaldry.host.machine import this_machine
from sygaldry.jobs import events
from sygaldry.jobs.paths import Names
from sygaldry.model.errors import SygaldryError
from sygaldry.model.job import State
from sygaldry.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sygaldry.jobs.limits import Limits

_PATIENCE_S: Final = 60.0
_OUT_OF_THE_WAY: Final = 20  # of the descriptors that programs are started with


def carry_out(
    names: Names,
    request: Request,
    planned: "Callable[[Mapping[str, str] | None], Plan]",
    limits: "Limits",
    lock: int,
) -> None:
    """Start a job when it is its turn and stay until it has ended.

    `planned` plans it without the runtimes that it is told: whether the image can be had is found out only here.
    Whatever starts the job holds `lock`, which says so, also when we are killed.
    """
    lock = fcntl.fcntl(lock, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
    try:
        with files.locked(planned(None).found.storage.in_use, shared=True):
            if not has_its_turn(names, limits):
                return
            show(names, "START")
            plan = ensure_image(request, this_machine(), planned, _told)
            _tell_what_runs_it(names, plan, request.workspace)
            if os.path.exists(names.stop):
                end(names, State.STOPPED, "user", "somebody asked for it before it began")
            elif runtimes.get(plan.runtime.name).foreground:
                _in_foreground(names, plan, lock)
            else:
                _in_engine(names, plan, limits, lock)
    except SygaldryError as error:
        end(names, State.FAILED, "runner", f"{error.problem}; {error.hint}")


def _tell_what_runs_it(names: Names, plan: Plan, workspace: str) -> None:
    attended = runtimes.get(plan.runtime.name).foreground
    events.Events(names.events).append(
        "prepared",
        0,
        runtime=plan.runtime.name,
        container="" if attended else plan.workspace.name,
        image=plan.workspace.image,
        image_key=image_key(plan),
        locks=[f"{name} {lock}" for name, lock in lock_hashes(workspace).items()],
        prepared_s=round(boottime(), 3),
    )
    remove_what_earlier_runs_left(names, all_runs(names.folder, names.job)[:-1])


def _in_engine(names: Names, plan: Plan, limits: "Limits", lock: int) -> None:
    became = run_in_container(names, plan, limits, lock)
    if became is not None:
        _close(names, became)
        if not remove_container({"runtime": plan.runtime.name, "container": plan.workspace.name}):
            _told(f"{plan.runtime.name} does not remove {plan.workspace.name}; the next run, or a prune, asks again")


def _in_foreground(names: Names, plan: Plan, lock: int) -> None:
    ended = run_plan(plan, replace(plan.start, holds=(lock,)))
    if not ended.started and not events.first(names.events, "started"):
        end(names, State.FAILED, "runner", f"{plan.runtime.name} did not start: {_said(names)}")
        return
    _close(names, f"exit code {ended.returncode}")


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
        end(names, found.state, found.by, found.why, found.code)
    elif found.state is State.START:
        end(names, State.FAILED, "runner", f"its supervisor did not start ({seen_from_outside}): {_said(names)}")


def _said(names: Names) -> str:
    """Return the last thing that was said while it was started."""
    text = files.read_if_there(names.runner) or ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing was said"


def _told(note: str) -> None:
    sys.stderr.write(f"{note}\n")
