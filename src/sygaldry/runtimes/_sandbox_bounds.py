"""The bounds of the sandbox beyond its files: a network of its own, and limits of memory and processes."""

from __future__ import annotations

from sygaldry.layout import layout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.model.machine import Machine
    from sygaldry.model.workspace import Workspace


def attach_command(workspace: Workspace, machine: Machine) -> tuple[str, ...]:
    """Format what gives the sandbox a network of its own; nothing where it has none, or shares the host's.

    pasta copies the host's address and connects as an ordinary program would: https://passt.top. Only published ports
    are forwarded, and the gateway does not stand for the host's loopback, as it would by default.
    """
    if workspace.network == "none" or machine.offline or not has_own_network(workspace, machine):
        return ()
    closed = (
        "--no-map-gw",
        *_ports(workspace, "tcp"),
        *_ports(workspace, "udp"),
        "--tcp-ns",
        "none",
        "--udp-ns",
        "none",
    )
    # Without this, pasta becomes nobody when root starts it, who may not enter the namespace.
    user = ("--runas", "0") if machine.uid == 0 else ()
    namespaces = (
        "--netns",
        "{network}",
        *(("--userns", "{users}") if has_user_namespace(machine) else ("--netns-only",)),
    )
    return (machine.programs["pasta"], "--config-net", "--quiet", *closed, *user, "--pid", "{pid}", *namespaces)


def _ports(workspace: Workspace, protocol: str) -> tuple[str, ...]:
    """Format the published ports of one protocol: ADDRESS/HOST_PORT:PORT."""
    published = [port.partition("/")[0] for port in workspace.ports if (port.partition("/")[2] or "tcp") == protocol]
    parts = (port.rpartition(":") for port in published)
    specs = [(*outside.rpartition(":"), inside) for outside, _, inside in parts]
    words = [f"{address.strip('[]')}/{port}:{inside}" for address, _, port, inside in specs]
    return tuple(word for spec in words or ["none"] for word in (f"--{protocol}-ports", spec))


def has_own_network(workspace: Workspace, machine: Machine) -> bool:
    """Return whether the sandbox gets a network namespace of its own."""
    return workspace.network == "none" or (workspace.network == "bridge" and not shares_host_network(machine))


def shares_host_network(machine: Machine) -> str:
    """Return why a sandbox with `--network bridge` shares the host's network here; empty where it has its own."""
    if "pasta" not in machine.programs:
        return "pasta is not installed"
    if machine.kernel.get("tun") == "closed":
        return "this user cannot open /dev/net/tun; fix: sudo chmod 0666 /dev/net/tun"
    return "the name server of this host answers on its loopback only" if machine.local_resolver else ""


def limits(workspace: Workspace, machine: Machine) -> tuple[str, ...]:
    """Format the program that starts the sandbox within its limits of memory and processes."""
    if not (workspace.memory or workspace.pids_limit):
        return ()
    if machine.limiter.startswith("systemd"):
        manager = ("--user",) if machine.limiter == "systemd-user" else ()
        memory = ("-p", f"MemoryMax={workspace.memory.upper()}", "-p", "MemorySwapMax=0") if workspace.memory else ()
        processes = ("-p", f"TasksMax={workspace.pids_limit}") if workspace.pids_limit else ()
        return ("systemd-run", *manager, "--scope", "--quiet", "--collect", *memory, *processes, "--")
    if machine.limiter:
        script = f"{layout().container}/limit-resources.sh"
        return ("/bin/sh", script, machine.limiter, workspace.memory or "-", workspace.pids_limit or "-")
    return ()


def has_user_namespace(machine: Machine) -> bool:
    """Return whether the sandbox needs a user namespace.

    Root without CAP_SYS_ADMIN (a container's root) needs one too; bubblewrap would take uid 0 for privileged.
    """
    return machine.uid != 0 or machine.kernel.get("sys_admin") == "0"
