"""Who limits the CPUs and the memory of a scheduled job: its scheduler, or the engine of its containers."""

from collections.abc import Mapping

from sygaldry import runtimes
from sygaldry.flows.launch.request import Request
from sygaldry.flows.runtime.choose import choose_runtime
from sygaldry.model.machine import Machine
from sygaldry.model.value import replace


def confined(request: Request, machine: Machine, rejected_runtimes: Mapping[str, str] | None = None) -> Request:
    """Return the request with the limits that the runtime of this node has to set.

    The scheduler confines processes of the job; a container that an engine's daemon starts is outside of its job.
    """
    settings = replace(request.resolved.settings, cpus="", memory="")
    unlimited = replace(request, resolved=replace(request.resolved, settings=settings))
    runtime = choose_runtime(unlimited.resolved, machine, rejected_runtimes=dict(rejected_runtimes or {}))
    return unlimited if runtimes.get(runtime.name).foreground else request
