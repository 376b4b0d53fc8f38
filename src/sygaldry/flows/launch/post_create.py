"""Run postCreateCommand and its siblings of a project's devcontainer.json once, before its first launch."""

from __future__ import annotations

from shlex import join
from typing import TYPE_CHECKING

from sygaldry import runtimes
from sygaldry.flows.launch.client import run_engine_client
from sygaldry.flows.launch.devcontainer import without_ports
from sygaldry.flows.launch.foreground import run_plan
from sygaldry.flows.launch.plan import Plan, plan_launch
from sygaldry.flows.launch.sif import plan_with_sif
from sygaldry.host import files
from sygaldry.host.child_process import run_in_child
from sygaldry.image.key import fingerprint
from sygaldry.model.devcontainer import without_shell
from sygaldry.model.errors import CommandFailedError
from sygaldry.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.flows.launch.request import Request
    from sygaldry.model.devcontainer import ProjectCommand
    from sygaldry.model.machine import Machine
    from sygaldry.model.storage import Storage

_MOST_RECORDS = 100
_SHOWN = 120


def run_post_create(request: Request, machine: Machine, plan: Plan, report: Callable[[str], None]) -> None:
    """Run what has not run for this workspace yet; a second launch waits for it. Raises CommandFailedError.

    What it leaves in the workspace, the home and the caches stays; the container itself is removed.
    """
    project = request.resolved.project
    commands = project.commands if project else ()
    if not commands or request.resolved.settings.devcontainer != "read":
        return
    storage = plan.found.storage
    record = fingerprint(
        repr((request.workspace, tuple(each.argv for each in commands))).encode("utf-8", "surrogateescape")
    )
    if record in _records(storage):
        return
    with files.locked(storage.at(".sygaldry", "post-create.lock")):
        if record in _records(storage):
            return
        for command in commands:
            _run(request, machine, plan, command, report)
        files.replace(_path(storage), "\n".join((*_records(storage)[-_MOST_RECORDS:], record)) + "\n")


def _path(storage: Storage) -> str:
    return storage.at(".sygaldry", "post-create")


def _records(storage: Storage) -> list[str]:
    return (files.read_if_there(_path(storage)) or "").split()


def _run(
    request: Request, machine: Machine, plan: Plan, command: ProjectCommand, report: Callable[[str], None]
) -> None:
    words = join(without_shell(command.argv))
    report(f"{command.key}, once: {words[:_SHOWN]}")
    own = _planned(request, machine, plan, command.argv, report)
    code = run_in_child(lambda: _start(own))
    if code:
        raise CommandFailedError(
            f"{command.key} failed with exit code {code}: {words[:_SHOWN]}",
            hint="correct it; or go on without it: SYGALDRY_DEVCONTAINER=no-commands",
        )


def _planned(
    request: Request, machine: Machine, plan: Plan, command: tuple[str, ...], report: Callable[[str], None]
) -> Plan:
    """Plan the command in the runtime and image of the launch, without its name, ports and entrypoint."""
    resolved = without_ports(request.resolved)
    settings = replace(
        resolved.settings, runtime=plan.runtime.name, entrypoint="default", container_name="", workdir=""
    )
    own = replace(
        request,
        resolved=replace(resolved, settings=settings),
        command=command,
        interactive=False,
        terminal=False,
        folder="",
    )
    planned = plan_launch(own, machine)
    return plan_with_sif(planned, machine, report) if plan.runtime.name == "apptainer" else planned


def _start(plan: Plan) -> int:
    if runtimes.get(plan.runtime.name).foreground:
        return run_plan(plan, plan.start).returncode
    return run_engine_client(plan, None)
