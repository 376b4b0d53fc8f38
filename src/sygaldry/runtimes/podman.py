"""Podman: rootless or as root, without a daemon."""

from __future__ import annotations

from sygaldry.model.command import Command, Completed
from sygaldry.runtimes import Availability, _oci

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

    from sygaldry.model.machine import Machine
    from sygaldry.model.workspace import Workspace
    from sygaldry.runtimes import Answer, Question, Runtime

_OPEN_FILES, _PROCESSES = 20000, 32768
_INSTALL = "install it: sudo apt-get install podman uidmap slirp4netns catatonit"
_FIELDS = (
    "{{.Version.Version}}", "{{.Host.Security.Rootless}}", "{{.Store.GraphDriverName}}",
    "{{len .Host.IDMappings.UIDMap}}", "{{.Host.Slirp4NetNS.Executable}}",
)  # fmt: skip
_PASTA_SINCE = 5  # the release that made pasta the network of rootless containers
_UIDMAP = "sudo apt-get install uidmap"
_SUBORDINATE = (
    'sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "$(id -un)" && podman system migrate'
)
_OVERLAY = (
    'sudo apt-get install fuse-overlayfs, where the kernel is older than 5.11; then set driver = "overlay" in '
    "~/.config/containers/storage.conf and type: podman system reset"
)


class Podman:
    """Formats `podman run` for a workspace."""

    title = "Podman"
    builds = "podman"
    tested: tuple[str, ...] = ("4.3",)
    tested_as: tuple[str, ...] = ("root", "user")
    stays_up = True
    foreground = False
    start_marker = False
    probed_by_launch = False
    unsupported: Mapping[str, str] = {}

    def ask(self, machine: Machine) -> tuple[Question, ...]:
        """Ask for the version and what a rootless container needs; `info` also opens the storage."""
        if "podman" not in machine.programs:
            return ()
        return (Command(("podman", "info", "--format", "|".join(_FIELDS)), timeout_s=40),)

    def judge(self, machine: Machine, answers: tuple[Answer, ...]) -> Availability:
        """Return the version, or the reason why podman fails."""
        if not answers:
            return Availability(False, "no podman is installed", _INSTALL)
        answer = answers[0]
        if isinstance(answer, Completed) and answer.ok:
            return _judge_info(answer.out.strip(), machine)
        if isinstance(answer, Completed) and "newuidmap" in answer.err:
            return Availability(False, "newuidmap is not installed, which a rootless podman needs", _UIDMAP)
        reason = answer.last_line if isinstance(answer, Completed) else "no answer"
        return Availability(False, f"it does not answer ({reason})", "show its message: podman info")

    def launch(self, workspace: Workspace, machine: Machine) -> Command:
        """Format `podman run`."""
        arguments = _oci.run_arguments(workspace, _user(workspace))
        hidden = ("--security-opt", "label=disable") if machine.selinux else ()
        arguments = (*_limits(workspace, machine), *arguments)
        argv = ("podman", "run", *hidden, *arguments, *_oci.command_words(workspace))
        return Command(argv, secrets=workspace.secrets, secret_file=workspace.secret_file)

    def remove(self, name: str) -> tuple[str, ...]:
        """Format the removal of a container that its client left behind."""
        return ("podman", "rm", "--force", "--time=0", "--ignore", name)

    def state(self, name: str) -> tuple[str, ...]:
        """Format the question for the state of a container."""
        return _oci.state_words("podman", name)

    def kill(self, name: str, number: int) -> tuple[str, ...]:
        """Format a signal for the command of a container."""
        return _oci.kill_words("podman", name, number)

    def stop(self, name: str, seconds: int) -> tuple[str, ...]:
        """Format SIGTERM for a container, and SIGKILL after so many seconds."""
        return _oci.stop_words("podman", name, seconds)


def _judge_info(answer: str, machine: Machine) -> Availability:
    """Name what a rootless podman lacks, before its own message would end a launch."""
    version, rootless, driver, maps, slirp = (*answer.split("|"), "", "", "", "")[:5]
    if rootless != "true":
        return Availability(True, version=version)
    if maps == "1":
        return Availability(False, "this user has no subordinate ids (/etc/subuid, /etc/subgid)", _SUBORDINATE, version)
    problems: list[tuple[str, str]] = []
    major = version.partition(".")[0]
    helper = "pasta" if major.isdigit() and int(major) >= _PASTA_SINCE else "slirp4netns"
    if not (slirp if helper == "slirp4netns" else machine.programs.get(helper)):
        package = "passt" if helper == "pasta" else helper
        lacks = f"{helper} is not installed, without which a rootless container has no network of its own"
        problems.append((lacks, f"sudo apt-get install {package}, or use --network host or none"))
    elif machine.kernel.get("tun") == "closed":
        lacks = "this user cannot open /dev/net/tun, without which a rootless container has no network of its own"
        problems.append((lacks, "sudo chmod 0666 /dev/net/tun, or use --network host or none"))
    if driver == "vfs":
        problems.append(("its storage driver is vfs, so that every launch copies the whole image", _OVERLAY))
    return Availability(True, version=version, problems=tuple(problems))


def _limits(workspace: Workspace, machine: Machine) -> tuple[str, ...]:
    """Return limits that this user may set: the defaults of podman are 1048576 files and 4194304 processes.

    A root without CAP_SYS_RESOURCE, as in many virtual machines and containers, cannot raise a limit, and podman
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
    # Rootless: keep-id maps the caller's ids to themselves, keep-groups keeps the groups that no map contains.
    return ("--userns=keep-id", f"--user={identity.uid}:{identity.gid}", "--group-add=keep-groups")


RUNTIME: Final[Runtime] = Podman()
