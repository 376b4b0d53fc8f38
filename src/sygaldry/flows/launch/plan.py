"""The plan of a launch: everything it is going to do, as a value that can be printed or carried out."""

from __future__ import annotations

import os

from sygaldry import runtimes
from sygaldry.flows.launch.entrypoint import find_entrypoint
from sygaldry.flows.launch.gpus import Gpus, gpus_for
from sygaldry.flows.launch.workspace import describe_workspace
from sygaldry.flows.runtime.choose import Chosen, choose_runtime
from sygaldry.flows.storage.project import ProjectStorage, find_storage, space_warning
from sygaldry.layout import layout
from sygaldry.model.command import Command
from sygaldry.model.report import Report
from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.flows.launch.request import Request
    from sygaldry.model.entrypoint import Entrypoint
    from sygaldry.model.machine import Machine
    from sygaldry.model.report import Json
    from sygaldry.model.workspace import Workspace


@dataclass(frozen=True)
class Plan:
    """Everything that a launch is going to do."""

    found: ProjectStorage
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
