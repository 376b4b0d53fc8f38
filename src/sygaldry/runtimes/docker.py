"""Docker, through the client of the engine."""

from __future__ import annotations

from sygaldry.model.command import Command, Completed, HttpAnswer, HttpGet
from sygaldry.model.value import replace
from sygaldry.runtimes import Availability, _oci

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

    from sygaldry.model.machine import Machine
    from sygaldry.model.workspace import Workspace
    from sygaldry.runtimes import Answer, Question, Runtime

_INSTALL = "install it (Debian: sudo apt-get install docker.io) and start it (sudo systemctl start docker)"
_START = "start it: sudo systemctl start docker (without systemd: sudo dockerd &)"
_PERMIT = 'join its group: sudo usermod -aG docker "$(id -un)", then log in again'


class Docker:
    """Formats `docker run` for a workspace."""

    title = "Docker"
    builds = "docker"
    tested: tuple[str, ...] = ("20.10",)
    tested_as: tuple[str, ...] = ("root", "user", "rootless")
    stays_up = True
    foreground = False
    start_marker = False
    probed_by_launch = False
    unsupported: Mapping[str, str] = {}

    def ask(self, machine: Machine) -> tuple[Question, ...]:
        """Ping the engine over its socket (1 ms), or through the client for a remote engine or a context (36 ms).

        /version is avoided: to answer it, the engine starts the programs of containerd and runc, which takes 15 ms.
        /info takes as long; it tells an ordinary user whether the engine is rootless. Only root can make a socket that
        belongs to root, so such an engine is not asked.
        """
        if "docker" not in machine.programs:
            return ()
        asks_mode = machine.uid != 0
        if machine.docker_socket:
            asks_mode = asks_mode and machine.docker_owner > 0
            return (HttpGet(machine.docker_socket, "/info" if asks_mode else "/_ping", timeout_s=10),)
        version = Command(("docker", "version", "--format", "{{.Server.Version}}"), timeout_s=10)
        mode = Command(("docker", "info", "--format", "{{json .SecurityOptions}}"), timeout_s=10)
        return (version, mode) if asks_mode else (version,)

    def judge(self, machine: Machine, answers: tuple[Answer, ...]) -> Availability:
        """Distinguish a missing client, a stopped daemon and a missing permission."""
        if not answers:
            return Availability(False, "no docker client is installed", _INSTALL)
        answer = answers[0]
        found = _over_socket(answer) if isinstance(answer, HttpAnswer) else _over_client(answer)
        return replace(found, rootless=True) if found.works and _is_rootless(answers[-1]) else found

    def launch(self, workspace: Workspace, machine: Machine) -> Command:
        """Format `docker run` for an engine with or without root."""
        arguments = _oci.run_arguments(workspace, _user(workspace))
        argv = ("docker", "run", *arguments, *_oci.command_words(workspace))
        return Command(argv, secrets=workspace.secrets, secret_file=workspace.secret_file)

    def remove(self, name: str) -> tuple[str, ...]:
        """Format the removal of a container that its client left behind."""
        return ("docker", "rm", "--force", name)

    def state(self, name: str) -> tuple[str, ...]:
        """Format the question for the state of a container."""
        return _oci.state_words("docker", name)

    def kill(self, name: str, number: int) -> tuple[str, ...]:
        """Format a signal for the command of a container."""
        return _oci.kill_words("docker", name, number)

    def stop(self, name: str, seconds: int) -> tuple[str, ...]:
        """Format SIGTERM for a container, and SIGKILL after so many seconds."""
        return _oci.stop_words("docker", name, seconds)


def _user(workspace: Workspace) -> tuple[str, ...]:
    identity = workspace.identity
    if identity.uid == 0:
        # Also for a rootless engine: its root is the caller, any other id would be a stranger.
        return ("--user=0:0",)
    return (f"--user={identity.uid}:{identity.gid}", *_oci.groups(workspace))


def _is_rootless(answer: Answer) -> bool:
    """Return whether the engine runs as an ordinary user: https://docs.docker.com/engine/security/rootless/."""
    text = answer.body.partition('"SecurityOptions":')[2] if isinstance(answer, HttpAnswer) else answer.out
    return '"name=rootless"' in text.partition("]")[0]


def _over_socket(answer: HttpAnswer) -> Availability:
    if answer.status == 200:
        # Server: Docker/20.10.24+dfsg1 (linux)
        return Availability(True, version=answer.server.removeprefix("Docker/").partition(" ")[0])
    if answer.status == -1:
        return Availability(False, "its socket refuses this user: permission denied", _PERMIT)
    return Availability(False, f"its daemon does not answer ({answer.error or answer.status})", _START)


def _over_client(answer: Completed) -> Availability:
    if answer.ok:
        return Availability(True, version=answer.out.strip())
    if "permission denied" in answer.err.lower():
        return Availability(False, "its socket refuses this user: permission denied", _PERMIT)
    return Availability(False, f"its daemon does not answer ({answer.last_line or answer.returncode})", _START)


RUNTIME: Final[Runtime] = Docker()
