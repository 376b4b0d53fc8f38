"""Deliver a signal to the command of a container, or report that the command has not started.

The clients of engines lose signals: Docker's drops them between the creation and the start of a container, and Podman's
exits with 1 until it has attached. The kernel drops them for the first process inside until that has blocked them,
which an engine's init does before it starts the command, and bash ignores SIGQUIT. So a signal waits until the
processes inside are ready for it, and goes through the engine's `kill`.
"""

from __future__ import annotations

from sygaldry.host.process_status import children, ignores, is_namespace_init
from sygaldry.host.run import run
from sygaldry.model.command import Command
from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

RETRY_S = 0.02
_MOST_TRIES = 150  # a command that still ignores a signal does so on purpose
_GONE = ("exited", "stopped", "removing", "dead")
_RUNNING = ("running", "paused")
_ABSENT = "no such"


@dataclass(frozen=True)
class ContainerControl:
    """The commands that inspect, signal and remove the container of a launch.

    `state` prints its id, status, process and mark; the name may belong to another container, which has another mark.
    """

    state: Command
    kill: Callable[[str, int], Command]
    remove: Command
    find: Command | None = None
    mark: str = ""


@dataclass(frozen=True)
class ContainerState:
    """What an engine answers about a container; without an id there is none."""

    id: str = ""
    status: str = ""
    pid: int = 0


DELIVERED, WAIT, NOT_STARTED = "delivered", "wait", "not started"


class Delivery:
    """One signal on its way to the command; `attempt` is called until it no longer returns WAIT."""

    def __init__(self, control: ContainerControl, number: int) -> None:
        self.number = number
        self._control = control
        self._tries = 0
        self._state = ContainerState()

    def attempt(self) -> str:
        """Try once. NOT_STARTED means that ending the launch loses nothing."""
        self._tries += 1
        is_late = self._tries > _MOST_TRIES
        if self._state.status not in _RUNNING:
            answer = run(self._control.state)
            self._state = read_state(answer.out, self._control.mark)
            if not self._state.id:
                return NOT_STARTED if answer.ok or _ABSENT in answer.err.lower() or is_late else WAIT
        if self._state.status in _GONE:
            return DELIVERED  # the client is about to return the exit code
        if self._state.status not in _RUNNING:
            return NOT_STARTED if is_late else WAIT
        if not is_late and not _is_ready(self._state.pid, self.number):
            return WAIT
        if run(self._control.kill(self._state.id, self.number)).ok:
            return DELIVERED
        self._state = ContainerState()
        return NOT_STARTED if is_late else WAIT


def read_state(text: str, mark: str) -> ContainerState:
    """Read the answer of `state`; a container with another mark is not ours."""
    words = text.split()
    if len(words) < 3 or not words[2].isdigit() or (mark and words[3:] != [mark]):
        return ContainerState()
    return ContainerState(words[0], words[1].lower(), int(words[2]))


def _is_ready(init: int, number: int) -> bool:
    """Return whether a signal reaches the command; of an engine on another machine nothing is known."""
    if not is_namespace_init(init):
        return True
    commands = children(init)
    return bool(commands) and not any(ignores(pid, number) for pid in commands)
