"""Notice a signal that a program on the way to the command received and survived, and ask to repeat it.

The command is the last of a chain of programs that become each other: a wrapper, `env`, bash with the entrypoint. A
signal may meet bash while it ignores SIGQUIT, or while it removes its trap for SIGINT. Such a program goes on and
becomes the next one, which shows in its command line; one that a signal ends, or that handles it, does not.
"""

from __future__ import annotations

from time import monotonic

from sygaldry.host.process_status import command_line, has_ended, ignores

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_WATCHED_S = 2.0  # an entrypoint that stays this long after a signal handles it
_START_S = 60.0  # one that still ignores a signal by then does so on purpose, as bash ignores SIGQUIT


class StartChain:
    """The signals that programs of the chain received; `entrypoint` are the last words of their command lines."""

    def __init__(self, entrypoint: tuple[str, ...]) -> None:
        self._ending = b"".join(word.encode("utf-8", "surrogateescape") + b"\0" for word in entrypoint)
        self._sent: list[tuple[int, int, bytes, float]] = []

    def is_watching(self) -> bool:
        """Return whether a signal may have to be repeated."""
        return bool(self._sent)

    def must_wait(self, number: int, pids: tuple[int, ...], since: float) -> bool:
        """Return whether a signal that is due since a moment would be lost: there is no process yet, or it ignores it.

        A command that ignores a signal does so on purpose, so nothing waits for that.
        """
        if monotonic() - since > _START_S:
            return False
        lines = {pid: command_line(pid) for pid in pids}
        # Without words, a process is becoming a program at this very moment.
        return (
            not all(lines.values())
            or not pids
            or any(ignores(pid, number) and self._contains(line) for pid, line in lines.items())
        )

    def expect(self, number: int, pids: Iterable[int]) -> None:
        """Note what the processes are immediately before they get a signal."""
        for pid in pids:
            line = command_line(pid)
            if not line or self._contains(line):
                self._sent.append((number, pid, line, monotonic() + _WATCHED_S))

    def _contains(self, line: bytes) -> bool:
        return bool(self._ending) and line.endswith(self._ending)

    def missed(self) -> tuple[int, ...]:
        """Return the signals whose process has become another program, and forget them.

        A process without words is becoming a program at this very moment, or has ended.
        """
        now = [(*each, command_line(each[1])) for each in self._sent]
        self._sent = [
            each
            for each, (_, pid, line, deadline, seen) in zip(self._sent, now, strict=True)
            if (seen == line or (not seen and not has_ended(pid))) and monotonic() < deadline
        ]
        return tuple(number for number, _, line, _, seen in now if seen and seen != line)
