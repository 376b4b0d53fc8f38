"""Start a command in the environment: plan it as a value, then carry it out."""

from __future__ import annotations

import os
import sys

from sygaldry import runtimes
from sygaldry.flows.launch.ensure_image import ensure_image, plan_with_image
from sygaldry.flows.launch.plan import Plan, plan_launch
from sygaldry.flows.runtime.choose import availability_of
from sygaldry.flows.storage.project import prepare_storage
from sygaldry.host import files
from sygaldry.model.command import Command
from sygaldry.model.errors import NOT_STARTED, RuntimeMissingError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.flows.launch.request import Request
    from sygaldry.model.machine import Machine


def launch(request: Request, machine: Machine, *, tell: Callable[[str], None]) -> int:
    """Carry a launch out; returns the exit code of the command, or never, becoming the engine's client."""
    plan = ensure_image(request.resolved, machine, lambda over: plan_launch(request, machine, over), tell)
    prepare_storage(plan.found, plan.workspace.identity)
    for note in plan.notes:
        tell(note)
    with files.locked(plan.found.storage.in_use, shared=True) as lock:
        if runtimes.get(plan.chosen.name).attended:
            return _attended(plan, machine)
        _become_client(plan, lock)
    return NOT_STARTED


def plan_whole(request: Request, machine: Machine) -> Plan:
    """Plan a launch together with the image it needs, changing nothing."""
    return plan_with_image(request.resolved, machine, lambda over: plan_launch(request, machine, over))


def _become_client(plan: Plan, lock: int | None) -> None:
    """Become the engine's client: it knows terminals and signals best, and nothing is left to pay for."""
    from sygaldry.host.container_reaper import remove_container_on_exit
    from sygaldry.host.run import replace_process

    if lock is not None:
        os.set_inheritable(lock, True)
    remove_container_on_exit(Command(runtimes.get(plan.chosen.name).remove(plan.workspace.name)))
    sys.stdout.flush()
    replace_process(plan.start)


def _attended(plan: Plan, machine: Machine) -> int:
    from sygaldry.host.foreground import run_in_foreground

    ended = run_in_foreground(plan.start)
    if not ended.started:
        availability = availability_of(plan.chosen.name, machine)
        if not availability.works:
            raise RuntimeMissingError(
                f"{plan.chosen.name} cannot run here: {availability.reason}", hint=availability.remedy
            )
        raise RuntimeMissingError(
            f"the {plan.chosen.name} did not start the command (exit code {ended.returncode})",
            hint="what it said is above; is this machine ready? see: sygaldry doctor",
            command=plan.start,
        )
    return ended.returncode
