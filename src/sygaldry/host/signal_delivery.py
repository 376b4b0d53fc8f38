"""Deliver a signal to the command of a container, or report that the command has not started.

The clients of engines lose signals: Docker's drops them between the creation and the start of a container, and Podman's
exits with 1 until it has attached. The kernel drops them for the first process inside until that has blocked them,
which an engine's init does before it starts the command, and bash ignores SIGQUIT. So a signal waits until the
processes inside are ready for it, and goes through the engine's `kill`.
"""

from __future__ import annotations

from time import monotonic

from sygaldry.host.process_status import children, is_namespace_init
from sygaldry.host.run import run
from sygaldry.host.start_chain import StartChain
from sygaldry.model.command import Command
from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

RETRY_S = 0.02
_START_S = 30.0  # an engine that has not started a container by then hangs
_GONE = ("exited", "stopped", "removing", "dead")
_RUNNING = ("running", "paused")


@dataclass(frozen=True)
class ContainerControl:
    """The commands that inspect, signal and remove the container of a launch.

    `state` prints its id, status, process and mark; the name may belong to another container, which has another mark.
    `entrypoint` are the words that become the command. `pause` freezes every process of the container, and `unpause`
    continues them.
    """

    state: Command
    kill: Callable[[str, int], Command]
    remove: Command
    find: Command | None = None
    mark: str = ""
    entrypoint: tuple[str, ...] = ()
    pause: Callable[[str], Command] | None = None
    unpause: Callable[[str], Command] | None = None


@dataclass(frozen=True)
class ContainerState:
    """What an engine answers about a container; without an id there is none."""

    id: str = ""
    status: str = ""
    pid: int = 0


DELIVERED, WAIT, NOT_STARTED = "delivered", "wait", "not started"


class Delivery:
    """One signal on its way to the command; `attempt` is called until it no longer returns WAIT."""

    def __init__(self, control: ContainerControl, number: int, start_s: float = _START_S) -> None:
        self.number = number
        self._control = control
        self._deadline = monotonic() + start_s
        self._state = ContainerState()
        self._running_since = 0.0
        self._chain = StartChain(control.entrypoint)

    def attempt(self) -> str:
        """Try once. NOT_STARTED means that the engine starts nothing.

        A container that is absent is waited for, too: killing the client while its engine creates one would leave it.
        """
        if self._chain.is_watching() and not self._chain.missed():
            return WAIT if self._chain.is_watching() else DELIVERED
        if self._state.status not in _RUNNING:
            self._state = read_state(run(self._control.state).out, self._control.mark)
            self._running_since = monotonic()
        if self._state.status in _GONE:
            return DELIVERED  # the client is about to return the exit code
        if self._state.status in _RUNNING:
            # Of an engine on another machine no process is seen, and nothing is known.
            if is_namespace_init(self._state.pid):
                commands = children(self._state.pid)
                if self._chain.must_wait(self.number, commands, self._running_since):
                    return WAIT
                self._chain.expect(self.number, commands)
            if run(self._control.kill(self._state.id, self.number)).ok:
                return WAIT if self._chain.is_watching() else DELIVERED
            self._state = ContainerState()
        return NOT_STARTED if monotonic() >= self._deadline else WAIT


def read_state(text: str, mark: str) -> ContainerState:
    """Read the answer of `state`; a container with another mark is not ours."""
    words = text.split()
    if len(words) < 3 or not words[2].isdigit() or (mark and words[3:] != [mark]):
        return ContainerState()
    return ContainerState(words[0], words[1].lower(), int(words[2]))
