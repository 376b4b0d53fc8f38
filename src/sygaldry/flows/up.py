"""Start the workspace's environment and leave it running."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sygaldry import runtimes
from sygaldry.flows.launch.ensure_image import ensure_image, plan_with_image
from sygaldry.flows.launch.plan import Plan, plan_launch, plan_report
from sygaldry.flows.launch.post_create import run_post_create
from sygaldry.flows.running.container import remove_container, start_container
from sygaldry.flows.running.namespace import start_namespace
from sygaldry.flows.running.record import (
    RUNNING,
    RunningEnvironment,
    load_record,
    mutex_path,
    remove_record,
    save_record,
    state_of,
)
from sygaldry.flows.running.staleness import stale_reason
from sygaldry.flows.storage.project import find_storage, prepare_storage
from sygaldry.host import files
from sygaldry.host.ports import check_ports
from sygaldry.host.run import run
from sygaldry.model.errors import CommandFailedError, UsageError
from sygaldry.model.report import Report
from sygaldry.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.flows.launch.request import Request
    from sygaldry.model.machine import Machine

_NEXT = "next: sygaldry exec -- COMMAND; sygaldry ps; sygaldry down"


def up(request: Request, machine: Machine, idle_s: int, report_progress: Callable[[str], None]) -> Report:
    """Start it unless it runs; of two callers at once the second one finds it running."""
    found = find_storage(request.resolved, request.workspace)
    storage = found.storage
    first = _planned(request, machine, None)
    prepare_storage(first.found, first.workspace.identity)
    with files.locked(mutex_path(storage)):
        record = load_record(storage)
        if record and state_of(storage, record) == RUNNING:
            stale = stale_reason(record, machine, request.resolved.settings)
            notes = (f"warning: {stale}; start it anew: sygaldry down && sygaldry up",) if stale else ()
            return _report(record, f"project {storage.project} is already up ({record.runtime})", notes)
        plan = ensure_image(request, machine, lambda each, rejected: _planned(each, machine, rejected), report_progress)
        run_post_create(request, machine, plan, report_progress)
        if record and record.is_container:
            remove_container(record)
        remove_record(storage)
        record = _started(plan, machine, idle_s)
        save_record(storage, record)
    return _report(record, f"project {storage.project} is up ({record.runtime})", (*plan.notes, _NEXT))


def plan_up(request: Request, machine: Machine, idle_s: int) -> Report:
    """Report what would be started, without changing anything."""
    plan = plan_with_image(request, machine, lambda each, rejected: _planned(each, machine, rejected))
    if plan.workspace.detached:
        plan = replace(plan, start=start_container(plan, machine, idle_s))
    return plan_report(plan)


def _planned(request: Request, machine: Machine, rejected: dict[str, str] | None) -> Plan:
    settings = replace(request.resolved.settings, entrypoint="default")
    resolved = replace(request.resolved, settings=settings)
    plain = replace(request, resolved=resolved, command=(), interactive=False, terminal=False, folder="")
    plan = plan_launch(plain, machine, rejected)
    if not runtimes.get(plan.runtime.name).stays_up:
        raise UsageError(
            f"{plan.runtime.name} cannot keep an environment up", hint="use --runtime docker, podman or sandbox"
        )
    return replace(plan, workspace=replace(plan.workspace, detached=plan.runtime.name != "sandbox"))


def _started(plan: Plan, machine: Machine, idle_s: int) -> RunningEnvironment:
    if plan.workspace.ports:
        check_ports(plan.workspace.ports)
    is_container = plan.workspace.detached
    if is_container:
        command = start_container(plan, machine, idle_s)
        done = run(command)
        if not done.ok:
            raise CommandFailedError(f"{plan.runtime.name} did not start it: {done.last_line}", command=command)
    else:
        start_namespace(plan, machine, idle_s)
    return RunningEnvironment(
        plan.found.storage.project,
        plan.runtime.name,
        plan.workspace.name if is_container else "",
        plan.workspace.image if is_container else "",
        plan.found.workspace,
        time.time(),
        idle_s,
    )


def _report(record: RunningEnvironment, line: str, notes: tuple[str, ...]) -> Report:
    data = {"project": record.project, "runtime": record.runtime, "name": record.name, "workspace": record.workspace}
    return Report(data, (line,), notes)
