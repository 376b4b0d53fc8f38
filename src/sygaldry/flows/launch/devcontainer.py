"""What the devcontainer.json of the workspace adds to a launch: variables, mounts, ports and the name of its user."""

from __future__ import annotations

from sygaldry import runtimes
from sygaldry.flows.launch.options import variables
from sygaldry.model.container_environment import SYGALDRY
from sygaldry.model.storage import VOLUMES
from sygaldry.model.value import replace
from sygaldry.model.workspace import Mount

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from sygaldry.config.resolve import Resolved
    from sygaldry.model.devcontainer import Devcontainer
    from sygaldry.model.machine import Machine
    from sygaldry.model.storage import Storage
    from sygaldry.model.workspace import Workspace

_EXPAND = ("/bin/bash", f"{SYGALDRY}/container/expand-variables.sh")


def project_variables(project: Devcontainer, assignments: tuple[str, ...]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the variables of a launch, and the names of those that keep the caller's value; a setting wins."""
    values, names = variables(assignments)
    given = {*values, *names}
    own = {name: value for name, value in project.environment.items() if name not in given}
    return {**own, **values}, (*(name for name in project.passed if name not in given), *names)


def expander(project: Devcontainer, overridden: Collection[str]) -> tuple[str, ...]:
    """Return the words before a command that set the variables which refer to others of the container."""
    words = tuple(f"{name}={value}" for name, value in project.expanded.items() if name not in overridden)
    return (*_EXPAND, *words, "--") if words else ()


def all_mounts(project: Devcontainer, mounts: tuple[str, ...]) -> tuple[str, ...]:
    """Return its mounts, except where a setting mounts something else, and those of the setting."""
    taken = _targets(mounts)
    return (*(each for each in project.mounts if each.split(":")[1].rstrip("/") not in taken), *mounts)


def volume_mounts(project: Devcontainer, storage: Storage, mounts: tuple[str, ...]) -> tuple[Mount, ...]:
    """Return its volumes, each a folder of the project's storage, except where a setting mounts something else."""
    taken = _targets(mounts)
    volumes = (each.split(":") for each in project.volumes)
    return tuple(
        Mount(storage.at(*VOLUMES, name), target, writable=not mode)
        for name, target, *mode in volumes
        if target.rstrip("/") not in taken
    )


def _targets(mounts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(each.split(":")[1].rstrip("/") for each in mounts)


def with_ports(
    workspace: Workspace, resolved: Resolved, runtime: str, machine: Machine
) -> tuple[Workspace, tuple[str, ...]]:
    """Return the workspace with the ports of forwardPorts that can be published, and notes about the others.

    An editor would choose another port, so a port in use is no failure; a setting about the same port wins.
    """
    project, settings = resolved.project, resolved.settings
    if project is None:
        return workspace, ()
    notes = (*_user_notes(project, machine), *_runtime_notes(project, runtime, settings.rootfs))
    if not project.ports or settings.network != "bridge" or not _publishes(runtime, machine):
        return workspace, notes
    from sygaldry.host.ports import is_free

    taken = {each.partition("/")[0].rpartition(":")[2] for each in settings.publish}
    wanted = [each for each in project.ports if each.partition("/")[0].rpartition(":")[2] not in taken]
    free = tuple(each for each in wanted if is_free(each))
    busy = ", ".join(each.rsplit(":", 2)[1] for each in wanted if each not in free)
    note = f"devcontainer.json: port {busy} of this machine is in use, and not published"
    return replace(workspace, ports=(*workspace.ports, *free)), (*notes, *((note,) if busy else ()))


def _user_notes(project: Devcontainer, machine: Machine) -> tuple[str, ...]:
    """Report that commands run as the caller where the file asks for root."""
    if project.user != "root" or machine.uid == 0:
        return ()
    return ("devcontainer.json asks for the user root; commands run as you",)


def _runtime_notes(project: Devcontainer, runtime: str, rootfs: str) -> tuple[str, ...]:
    """Name the keys that have no effect in this runtime."""
    image = "build" if project.build else "image" if project.image else ""
    keys = (
        *((image,) if image and runtime == "sandbox" and not rootfs else ()),
        *(() if runtime in ("docker", "podman") else project.options),
    )
    return (f"devcontainer.json: without effect in {runtime}: {', '.join(keys)}",) if keys else ()


def without_ports(resolved: Resolved) -> Resolved:
    """Return the settings of a command beside the launch, which publishes nothing."""
    found = resolved.project and replace(resolved.project, ports=())
    return replace(resolved, settings=replace(resolved.settings, publish=()), devcontainer=found)


def _publishes(runtime: str, machine: Machine) -> bool:
    if runtime == "sandbox":
        from sygaldry.runtimes._sandbox_bounds import shares_host_network

        return not machine.offline and not shares_host_network(machine)
    return "publish" not in runtimes.get(runtime).unsupported
