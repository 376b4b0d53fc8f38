"""Launch a command in the environment: plan it as a value, then execute it."""

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
from sygaldry.model.errors import RuntimeMissingError
from sygaldry.model.workspace import LAUNCH_LABEL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.flows.launch.request import Request
    from sygaldry.host.signal_delivery import ContainerControl
    from sygaldry.model.machine import Machine

_ANSWER_S = 30.0


def launch(request: Request, machine: Machine, *, report_progress: Callable[[str], None]) -> int:
    """Execute a launch; returns the command's exit code."""
    plan = ensure_image(request, machine, lambda rejected: plan_launch(request, machine, rejected), report_progress)
    if plan.workspace.ports:
        from sygaldry.host.ports import check_ports

        check_ports(plan.workspace.ports)
    prepare_storage(plan.found, plan.workspace.identity)
    for note in plan.notes:
        report_progress(note)
    with files.locked(plan.found.storage.in_use, shared=True) as lock:
        if runtimes.get(plan.runtime.name).foreground:
            return _run_in_foreground(plan, machine)
        return _run_client(plan, lock)


def plan_whole(request: Request, machine: Machine) -> Plan:
    """Plan a launch and its image without changing anything."""
    return plan_with_image(request, machine, lambda rejected: plan_launch(request, machine, rejected))


def _run_client(plan: Plan, lock: int | None) -> int:
    """Run the engine's client, which handles streams and terminals; signals are ours to deliver."""
    from sygaldry.host.engine_client import run_client

    if lock is not None:
        os.set_inheritable(lock, True)
    sys.stdout.flush()
    return run_client(plan.start, _control(plan), terminal=plan.workspace.terminal)


def _control(plan: Plan) -> ContainerControl:
    """Return how the container is inspected, signalled and removed: by its name, or by our label if a caller named it.

    The engine may have refused the name because another container has it, which must stay.
    """
    from sygaldry.host.signal_delivery import ContainerControl

    runtime = runtimes.get(plan.runtime.name)
    name, mark = plan.workspace.name, plan.workspace.labels.get(LAUNCH_LABEL, "")
    state = Command(runtime.state(name), timeout_s=_ANSWER_S)

    def kill(container: str, number: int) -> Command:
        return Command(runtime.kill(container, number), timeout_s=_ANSWER_S)

    if not mark:
        return ContainerControl(state, kill, Command(runtime.remove(name)))
    # The name is the last word of the command, and the ids take its place.
    find = (plan.runtime.name, "ps", "--all", "--quiet", "--filter", f"label={LAUNCH_LABEL}={mark}")
    return ContainerControl(state, kill, Command(runtime.remove("")[:-1]), Command(find), mark)


def _run_in_foreground(plan: Plan, machine: Machine) -> int:
    from sygaldry.flows.launch.foreground import run_plan

    ended = run_plan(plan, plan.start)
    if not ended.started:
        availability = availability_of(plan.runtime.name, machine)
        if not availability.works:
            raise RuntimeMissingError(
                f"{plan.runtime.name} cannot run here: {availability.reason}", hint=availability.remedy
            )
        raise RuntimeMissingError(
            f"{plan.runtime.name} did not start the command (exit code {ended.returncode})",
            hint="its message is above; check this machine: sygaldry doctor",
            command=plan.start,
        )
    return ended.returncode
