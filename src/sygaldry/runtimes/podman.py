"""Podman: rootless or as root, without a daemon."""

from __future__ import annotations

from sygaldry.model.command import Command, Completed
from sygaldry.runtimes import Availability, _oci

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from sygaldry.model.machine import Machine
    from sygaldry.model.workspace import Workspace
    from sygaldry.runtimes import Answer, Question, Runtime

_OPEN_FILES, _PROCESSES = 20000, 32768
_INSTALL = "install it: sudo apt-get install podman uidmap slirp4netns catatonit"


class Podman:
    """Turns a workspace into `podman run`."""

    title = "Podman"
    builds = "podman"
    attended = False
    tells_by_launching = False

    def ask(self, machine: Machine) -> tuple[Question, ...]:
        """Ask for the version and whether its own storage and OCI runtime can be used."""
        if "podman" not in machine.programs:
            return ()
        return (Command(("podman", "info", "--format", "{{.Version.Version}}"), timeout_s=20),)

    def judge(self, machine: Machine, answers: tuple[Answer, ...]) -> Availability:
        """Read the version or the reason."""
        if not answers:
            return Availability(False, "no podman is installed", _INSTALL)
        answer = answers[0]
        if isinstance(answer, Completed) and answer.ok:
            return Availability(True, version=answer.out.strip())
        reason = answer.last_line if isinstance(answer, Completed) else "no answer"
        return Availability(False, f"it does not answer ({reason})", "see what it says: podman info")

    def launch(self, workspace: Workspace, machine: Machine) -> Command:
        """Format `podman run`."""
        arguments = _oci.run_arguments(workspace, _user(workspace))
        hidden = ("--security-opt", "label=disable") if machine.selinux else ()
        arguments = (*_limits(workspace, machine), *arguments)
        return Command(("podman", "run", *hidden, *arguments, *_oci.command_words(workspace)))

    def remove(self, name: str) -> tuple[str, ...]:
        """Format what ends a container that its client left behind."""
        return ("podman", "rm", "--force", "--time=0", "--ignore", name)


def _limits(workspace: Workspace, machine: Machine) -> tuple[str, ...]:
    """Ask for limits that can be had: podman's own are 1048576 files and 4194304 processes.

    A root without CAP_SYS_RESOURCE, as in many virtual machines and containers, may raise no limit, and podman then
    fails with "error setting rlimit type 7". https://docs.podman.io/en/latest/markdown/podman-run.1.html
    """
    if workspace.identity.uid != 0 or machine.kernel.get("sys_resource") != "0":
        return ()
    files = machine.open_files if machine.open_files > 0 else _OPEN_FILES
    processes = min(machine.processes, _PROCESSES) if machine.processes > 0 else _PROCESSES
    return (f"--ulimit=nofile={files}:{files}", f"--ulimit=nproc={processes}:{processes}")


def _user(workspace: Workspace) -> tuple[str, ...]:
    identity = workspace.identity
    if identity.uid == 0:
        return ("--user=0:0",)
    # Without root the caller's ids are mapped to themselves; keep-groups keeps what no map can name.
    return ("--userns=keep-id", f"--user={identity.uid}:{identity.gid}", "--group-add=keep-groups")


RUNTIME: Final[Runtime] = Podman()
