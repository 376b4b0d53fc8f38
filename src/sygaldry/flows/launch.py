"""Start a command in the environment: plan it as a value, then carry it out."""

from __future__ import annotations

import os
import sys

from sygaldry import runtimes
from sygaldry.flows import _image
from sygaldry.flows._entrypoints import find_entrypoint
from sygaldry.flows._gpu import Gpus, gpus_for
from sygaldry.flows._runtime import Chosen, availability_of, choose_runtime
from sygaldry.flows._storage import Found, find_storage, prepare_storage, space_warning
from sygaldry.flows._workspace import describe_workspace, identity_files
from sygaldry.host import files
from sygaldry.layout import layout
from sygaldry.model.command import Command
from sygaldry.model.errors import NOT_STARTED, RuntimeMissingError
from sygaldry.model.report import Report
from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.config.resolve import Resolved
    from sygaldry.model.entrypoint import Entrypoint
    from sygaldry.model.machine import Machine
    from sygaldry.model.report import Json
    from sygaldry.model.workspace import Workspace


@dataclass(frozen=True)
class Request:
    """What was asked for: the settings, the workspace, the command and how it is connected."""

    resolved: Resolved
    workspace: str
    command: tuple[str, ...] = ()
    interactive: bool = False
    terminal: bool = False


@dataclass(frozen=True)
class Plan:
    """Everything that a launch is going to do."""

    found: Found
    entrypoint: Entrypoint
    chosen: Chosen
    workspace: Workspace
    start: Command
    gpus: Gpus
    notes: tuple[str, ...] = ()
    build: Command | None = None

    def shown(self) -> str:
        """Format the one line that does the same; storage that is missing is made first."""
        prepared = self.found.is_ready and all(os.path.exists(mount.source) for mount in self.workspace.mounts)
        first = [f"{self.build.shown()} && "] if self.build else []
        if prepared:
            return "".join([*first, self.start.shown()])
        own = layout()
        storage = self.found.storage
        make = Command((
            f"{own.tools}/sygaldry" if own.checkout else "sygaldry", "storage", "init",
            "--storage-root", storage.root,
            "--project-id", storage.project,
            "--workspace", self.found.workspace,
        ))  # fmt: skip
        return "".join([*first, f"{make.shown()} && {self.start.shown()}"])


def plan_launch(request: Request, machine: Machine, passed_over: dict[str, str] | None = None) -> Plan:
    """Plan a launch; mistakes in names are found before any engine is asked.

    `passed_over` names runtimes that are known not to do, with their reasons.
    """
    settings = request.resolved.settings
    entrypoint = find_entrypoint(settings.entrypoint, request.workspace)
    found = find_storage(request.resolved, request.workspace)
    chosen = choose_runtime(request.resolved, machine, passed_over=passed_over)
    gpus = gpus_for(settings, request.workspace, chosen.name)
    workspace = gpus.added_to(describe_workspace(request, found.storage, entrypoint, chosen.name, machine))
    start = runtimes.get(chosen.name).launch(workspace, machine)
    notes = (*request.resolved.notes, *found.notes, *chosen.notes, gpus.line, *space_warning(found.storage))
    return Plan(found, entrypoint, chosen, workspace, start, gpus, notes)


def launch(request: Request, machine: Machine, *, tell: Callable[[str], None]) -> int:
    """Carry a launch out; returns the exit code of the command, or never, becoming the engine's client."""
    plan = _image.with_image(request.resolved, machine, lambda over: plan_launch(request, machine, over), tell)
    prepare_storage(plan.found)
    for path, text in identity_files(plan.found.storage, plan.workspace.identity).items():
        if files.read_if_there(path) != text:
            files.replace(path, text, 0o644)
    for note in plan.notes:
        tell(note)
    with files.locked(plan.found.storage.in_use, shared=True) as lock:
        if runtimes.get(plan.chosen.name).attended:
            return _attended(plan, machine)
        _become_client(plan, lock)
    return NOT_STARTED


def plan_whole(request: Request, machine: Machine) -> Plan:
    """Plan a launch together with the image it needs, changing nothing."""
    return _image.planned_with_image(request.resolved, machine, lambda over: plan_launch(request, machine, over))


def shown(plan: Plan) -> Report:
    """Report a plan without carrying it out."""
    data: dict[str, Json] = {
        "runtime": plan.chosen.name,
        "project": plan.found.storage.project,
        "storage": plan.found.storage.at(),
        "workspace": plan.found.workspace,
        "entrypoint": plan.entrypoint.path,
        "image": plan.workspace.image,
        "builds_image": plan.build is not None,
        "gpu": dict(plan.gpus.verdict),
        "argv": list(plan.start.argv),
        "environment": dict(plan.start.environment or {}),
        "passed": list(plan.start.passed),
        "mounts": [[each.source, each.target, "rw" if each.writable else "ro"] for each in plan.workspace.mounts],
        "line": plan.shown(),
    }
    return Report(data, (plan.shown(),), plan.notes)


def _become_client(plan: Plan, lock: int | None) -> None:
    """Become the engine's client: it knows terminals and signals best, and nothing is left to pay for."""
    from sygaldry.host.run import replace_process
    from sygaldry.host.watch import end_with_this_process

    if lock is not None:
        os.set_inheritable(lock, True)
    end_with_this_process(Command(runtimes.get(plan.chosen.name).remove(plan.workspace.name)))
    sys.stdout.flush()
    replace_process(plan.start)


def _attended(plan: Plan, machine: Machine) -> int:
    from sygaldry.host.attend import attend

    ended = attend(plan.start)
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
