"""Start, enter and end a container that stays, through its engine's client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sygaldry import runtimes
from sygaldry.host.run import run
from sygaldry.model.command import Command
from sygaldry.model.container_environment import LOAD_SECRETS, SYGALDRY
from sygaldry.model.errors import CommandFailedError
from sygaldry.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sygaldry.flows.launch.plan import Plan
    from sygaldry.flows.running.record import RunningEnvironment
    from sygaldry.model.machine import Machine

_KEEP_ALIVE: Final = f"{SYGALDRY}/container/keep-alive.sh"
_PATIENCE_S: Final = 60
_ABSENT: Final = ("no such", "no container with name")
# Notes the process in a file, so that a signal can reach it: `exec` of an engine forwards none.
_NOTE_PID: Final = 'echo $$ >"$0" && exec "$@"'


def start_container(plan: Plan, machine: Machine, idle_s: int) -> Command:
    """Return the command that starts the container of a plan in the background."""
    labels = {**plan.workspace.labels, "dev.sygaldry.kind": "environment"}
    # Reads and removes the file of secrets, though a command that enters later brings its own values.
    words = (*(LOAD_SECRETS if plan.workspace.secrets else ()), "/bin/sh", _KEEP_ALIVE, str(idle_s))
    workspace = replace(plan.workspace, argv=words, labels=labels, detached=True)
    return runtimes.get(plan.runtime.name).launch(workspace, machine)


def enter(  # noqa: PLR0913 - each is one group of words of the command
    record: RunningEnvironment,
    argv: tuple[str, ...],
    *,
    directory: str,
    variables: Mapping[str, str],
    passed: tuple[str, ...],
    env_files: tuple[str, ...],
    interactive: bool,
    terminal: bool,
    pid_file: str,
) -> Command:
    """Return the command that runs another command in the container."""
    return Command((
        record.runtime, "exec",
        *(["--interactive"] if interactive else []),
        *(["--tty"] if terminal else []),
        "--workdir", directory,
        *(f"--env-file={path}" for path in env_files),
        *(f"--env={name}={value}" for name, value in variables.items()),
        *(f"--env={name}" for name in passed),
        record.name, "/bin/sh", "-c", _NOTE_PID, pid_file, *argv,
    ))  # fmt: skip


def send_signal(record: RunningEnvironment, pid_file: str, number: int) -> Command:
    """Return the command that sends a signal to what `enter` started."""
    script = 'kill -s "$1" -- "$(cat "$0")"'
    return Command((record.runtime, "exec", record.name, "/bin/sh", "-c", script, pid_file, str(number)), timeout_s=10)


def stop_container(record: RunningEnvironment, grace_s: float) -> None:
    """Stop the container and keep it. Raises CommandFailedError."""
    _succeed(Command((record.runtime, "stop", f"--time={grace_s:.0f}", record.name), timeout_s=grace_s + _PATIENCE_S))


def remove_container(record: RunningEnvironment) -> None:
    """Remove the container, whatever its state. Raises CommandFailedError."""
    _succeed(Command(runtimes.get(record.runtime).remove(record.name), timeout_s=_PATIENCE_S))


def _succeed(command: Command) -> None:
    done = run(command)
    if not done.ok and not any(word in done.err.lower() for word in _ABSENT):
        raise CommandFailedError(f"{command.argv[0]} failed: {done.last_line}", command=command)
