"""Plan the launch of a run: the supervisor in the environment of the command."""

from collections.abc import Callable, Mapping
from typing import Final

from sygaldry import runtimes
from sygaldry.flows.launch.plan import Plan, plan_launch
from sygaldry.flows.launch.request import Request
from sygaldry.jobs.paths import RunFiles
from sygaldry.model.container_environment import SYGALDRY
from sygaldry.model.machine import Machine
from sygaldry.model.storage import JOBS_INSIDE
from sygaldry.model.value import replace
from sygaldry.model.workspace import Mount

_SUPERVISE: Final = f"{SYGALDRY}/src/sygaldry/supervisor/supervise.py"


def run_planner(machine: Machine, paths: RunFiles) -> Callable[[Request, Mapping[str, str] | None], Plan]:
    """Return what plans the launch of a run without the runtimes that it is given, each with its reason."""

    def planned(request: Request, rejected_runtimes: Mapping[str, str] | None) -> Plan:
        spec = f"{paths.name}/{paths.name}.spec.json"
        return _as_job(plan_supervised(request, machine, spec, rejected_runtimes), paths, machine)

    return planned


def plan_supervised(request: Request, machine: Machine, spec: str, rejected_runtimes: Mapping[str, str] | None) -> Plan:
    """Plan the launch of a supervisor that reads the specification `spec`, a path in the jobs folder."""
    command = ("python3", "-I", "-S", _SUPERVISE, f"{JOBS_INSIDE}/{spec}")
    supervised = replace(request, command=command, interactive=False, terminal=False)
    return plan_launch(supervised, machine, dict(rejected_runtimes or {}))


def _as_job(plan: Plan, paths: RunFiles, machine: Machine) -> Plan:
    labels = {
        **plan.workspace.labels,
        "dev.sygaldry.kind": "job",
        "dev.sygaldry.job": paths.job,
        "dev.sygaldry.run": paths.run,
    }
    own = Mount(paths.own, f"{JOBS_INSIDE}/{paths.name}", writable=True)
    workspace = replace(plan.workspace, labels=labels, detached=True, mounts=(*plan.workspace.mounts, own))
    return replace(plan, workspace=workspace, start=runtimes.get(plan.runtime.name).launch(workspace, machine))
