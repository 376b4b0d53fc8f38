"""Launch a command in the environment: plan it as a value, then execute it."""

from __future__ import annotations

from sygaldry import runtimes
from sygaldry.flows.launch.ensure_image import ensure_image, plan_with_image
from sygaldry.flows.launch.plan import Plan, plan_launch
from sygaldry.flows.runtime.choose import availability_of
from sygaldry.flows.storage.project import prepare_storage
from sygaldry.host import files
from sygaldry.model.errors import RuntimeMissingError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.flows.launch.request import Request
    from sygaldry.model.machine import Machine


def launch(request: Request, machine: Machine, *, report_progress: Callable[[str], None]) -> int:
    """Execute a launch; returns the command's exit code."""
    plan = ensure_image(request, machine, lambda each, rejected: plan_launch(each, machine, rejected), report_progress)
    if request.resolved.settings.locked or request.resolved.settings.frozen:
        from sygaldry.flows.lock.locked_image import require_locked_image

        require_locked_image(request.workspace, plan.runtime.name, plan.workspace.image, machine)
    if plan.workspace.ports:
        from sygaldry.host.ports import check_ports

        check_ports(plan.workspace.ports)
    prepare_storage(plan.found, plan.workspace.identity)
    for note in plan.notes:
        report_progress(note)
    with files.locked(plan.found.storage.in_use, shared=True) as lock:
        if request.resolved.devcontainer is not None:
            from sygaldry.flows.launch.post_create import run_post_create

            run_post_create(request, machine, plan, report_progress)
        if runtimes.get(plan.runtime.name).foreground:
            return _run_in_foreground(plan, machine)
        from sygaldry.flows.launch.client import run_engine_client  # only for an engine

        return run_engine_client(plan, lock)


def plan_whole(request: Request, machine: Machine) -> Plan:
    """Plan a launch and its image without changing anything."""
    return plan_with_image(request, machine, lambda each, rejected: plan_launch(each, machine, rejected))


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
