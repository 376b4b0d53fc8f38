"""Pass on the signals that a scheduler sends to the process on the host, because it cannot reach a container's own."""

import signal
from types import FrameType
from typing import Final, Self

from sygaldry import runtimes
from sygaldry.host.run import run
from sygaldry.model.command import Command

_PASSED: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
_ANSWER_S: Final = 20.0
_RECORDS_S: Final = 5


class ContainerSignals:
    """Deliver signals to a container for as long as this lasts; they wait until `release`, when it has started.

    They are not blocked meanwhile, because the container would inherit that.
    SIGTERM means an end: Slurm sends SIGKILL to the host's process after KillWait, and the container gets it as well.
    """

    def __init__(self, runtime: str, container: str, grace_s: float) -> None:
        self._runtime, self._container, self._grace_s = runtimes.get(runtime), container, int(grace_s)
        self._previous: dict[int, object] = {}
        self._waiting: list[int] = []
        self._is_started = False

    def __enter__(self) -> Self:
        self._previous = {number: signal.signal(number, self._received) for number in _PASSED}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)  # type: ignore[arg-type] # what signal.signal returned

    def release(self) -> None:
        """Deliver what came during the start, and everything else at once."""
        self._is_started = True
        while self._waiting:
            self._deliver(self._waiting.pop(0))

    def _received(self, number: int, _frame: FrameType | None) -> None:
        if self._is_started:
            self._deliver(number)
        else:
            self._waiting.append(number)

    def _deliver(self, number: int) -> None:
        if number == signal.SIGTERM:
            # After the grace, the supervisor in the container kills the command and records its end.
            limit_s = self._grace_s + _RECORDS_S
            run(Command(self._runtime.stop(self._container, limit_s), timeout_s=limit_s + _ANSWER_S))
        else:
            run(Command(self._runtime.kill(self._container, number), timeout_s=_ANSWER_S))
