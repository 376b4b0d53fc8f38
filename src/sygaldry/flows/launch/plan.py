"""The plan of a launch: everything that it does, as a value that can be printed or executed."""

from __future__ import annotations

import os

from sygaldry import runtimes
from sygaldry.flows.launch.entrypoint import find_entrypoint, require_consent
from sygaldry.flows.launch.gpus import Gpus, gpus_for
from sygaldry.flows.launch.options import check_folder_in_sandbox
from sygaldry.flows.launch.workspace import describe_workspace
from sygaldry.flows.runtime.choose import RuntimeChoice, choose_runtime
from sygaldry.flows.storage.project import ProjectStorage, find_storage, space_warning
from sygaldry.layout import layout
from sygaldry.model.command import Command
from sygaldry.model.container_environment import PUBLISHED, SECRETS
from sygaldry.model.report import Report
from sygaldry.model.storage import VOLUMES
from sygaldry.model.value import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.flows.launch.request import Request
    from sygaldry.model.entrypoint import Entrypoint
    from sygaldry.model.machine import Machine
    from sygaldry.model.report import Json
    from sygaldry.model.workspace import Workspace


@dataclass(frozen=True)
class Plan:
    """Everything that a launch does."""

    found: ProjectStorage
    entrypoint: Entrypoint
    runtime: RuntimeChoice
    workspace: Workspace
    start: Command
    gpus: Gpus
    notes: tuple[str, ...] = ()
    build: Command | None = None

    def entrypoint_words(self) -> tuple[str, ...]:
        """Return bash, the entrypoint and the command: what every program before the command ends with."""
        argv = self.workspace.argv
        return argv[argv.index(self.entrypoint.path) - 1 :] if self.entrypoint.path in argv else ()

    def command_line(self) -> str:
        """Format one shell line that does the same; it creates missing storage first."""
        mounts = (mount for mount in self.workspace.mounts if mount.target != SECRETS)
        prepared = self.found.is_ready and all(os.path.exists(mount.source) for mount in mounts)
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


def plan_launch(request: Request, machine: Machine, rejected_runtimes: dict[str, str] | None = None) -> Plan:
    """Plan a launch; wrong names are found before any engine is asked.

    `rejected_runtimes` maps runtimes that cannot be used to their reasons.
    """
    settings = request.resolved.settings
    entrypoint = find_entrypoint(settings.entrypoint, request.workspace)
    require_consent(entrypoint, request.resolved)
    if settings.locked or settings.frozen:
        from sygaldry.flows.lock.check import require_lock

        require_lock(request.resolved, request.workspace)
    found = find_storage(request.resolved, request.workspace)
    runtime = choose_runtime(request.resolved, machine, rejected_runtimes=rejected_runtimes)
    gpus = gpus_for(settings, request.workspace, runtime.name, request.recorded)
    workspace = gpus.added_to(describe_workspace(request, found.storage, entrypoint, runtime, machine))
    project_notes: tuple[str, ...] = ()
    if request.resolved.project:
        from sygaldry.flows.launch.devcontainer import with_ports

        workspace, project_notes = with_ports(workspace, request.resolved, runtime.name, machine)
        volumes = f"{found.storage.at(*VOLUMES)}/"
        sources = (each.source for each in workspace.mounts)
        found = replace(found, volumes=tuple(each for each in sources if each.startswith(volumes)))
    if workspace.ports:  # a server inside may print its address on the host
        workspace = replace(workspace, environment={**workspace.environment, PUBLISHED: " ".join(workspace.ports)})
    start = runtimes.get(runtime.name).launch(workspace, machine)
    if settings.workdir and runtime.name == "sandbox":
        check_folder_in_sandbox(start.argv, workspace.directory)
    own_notes = (gpus.line, *project_notes, *space_warning(found.storage))
    notes = (*request.resolved.notes, *found.notes, *runtime.notes, *own_notes)
    return Plan(found, entrypoint, runtime, workspace, start, gpus, notes)


def plan_report(plan: Plan) -> Report:
    """Report a plan without executing it."""
    data: dict[str, Json] = {
        "runtime": plan.runtime.name,
        "project": plan.found.storage.project,
        "storage": plan.found.storage.at(),
        "workspace": plan.found.workspace,
        "entrypoint": plan.entrypoint.path,
        "image": plan.workspace.image,
        "builds_image": plan.build is not None,
        "gpu": dict(plan.gpus.verdict),
        "argv": list(plan.start.argv),
        "environment": dict(plan.start.environment or {}),
        "passed": [*plan.start.passed, *plan.start.secrets],
        "mounts": [[each.source, each.target, "rw" if each.writable else "ro"] for each in plan.workspace.mounts],
        "line": plan.command_line(),
    }
    return Report(data, (plan.command_line(),), plan.notes)
