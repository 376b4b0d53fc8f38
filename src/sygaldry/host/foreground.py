"""Start a sandboxed command, hand signals on to it, and answer with its exit code.

bubblewrap hands no signals on and dies of them, taking the command along without a chance to clean up. So it is
started with them ignored, an `env` inside restores them for the command, and we send them to the command itself.
Fork and exec by hand: subprocess would cost every launch 24 ms, and there are no threads.
"""

from __future__ import annotations

import _signal as signal  # the module signal only wraps it in enums, for 7 ms
import os

from sygaldry.host.run import environment_of
from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.model.command import Command

HANDED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
_CANNOT_START = 127


@dataclass(frozen=True)
class Ended:
    """How it ended: whether the command ran at all, and its exit code (128+n for a signal)."""

    started: bool
    returncode: int


def attend(command: Command) -> Ended:
    """Run a command that reports on its only descriptor as `bwrap --json-status-fd` does.

    Returns when everything inside is gone. A kill of this process ends the command, by `--die-with-parent`.
    """
    reader, writer = os.pipe()
    early: list[int] = []
    before = {number: signal.signal(number, lambda number, _: early.append(number)) for number in HANDED_ON}
    try:
        child = os.fork()
        if not child:
            _become(command, writer)
        os.close(writer)
        said = _read_and_hand_on(reader, early)
        _, status = os.waitpid(child, 0)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reader)
    code = _number_after(said, b'"exit-code"')
    if code >= 0:
        return Ended(True, code)
    # A sandbox that somebody killed had started, though nobody is left to tell how the command ended.
    was_killed = os.WIFSIGNALED(status) and _number_after(said, b'"child-pid"') >= 0
    return Ended(was_killed, _shell_code(os.waitstatus_to_exitcode(status)))


def _become(command: Command, writer: int) -> None:
    """In the child: ignore the signals, which stay ignored in what it becomes, and become it."""
    try:
        for number in HANDED_ON:
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        (descriptor,) = command.descriptors
        os.dup2(writer, descriptor, inheritable=True)
        for held in command.holds:
            os.set_inheritable(held, True)
        environment = environment_of(command, os.environ)
        os.execve(command.argv[0], command.argv, os.environ if environment is None else environment)  # noqa: S606
    except OSError as error:
        os.write(2, f"sygaldry: cannot start {command.argv[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(_CANNOT_START)


def _read_and_hand_on(reader: int, early: list[int]) -> bytes:
    """Read what bubblewrap tells until it is gone; from the first line on, signals go to the command."""
    said = b""
    namespace = -1

    def hand_on(number: int, _: object = None) -> None:
        # The reaper's only child is the command; before there is one, the reaper itself is what to end.
        for pid in _children(namespace) or (namespace,):
            _send(pid, signal.SIGKILL if pid == namespace else number)

    while chunk := os.read(reader, 4096):
        said += chunk
        if namespace < 0 and b"\n" in said:
            namespace = _number_after(said, b'"child-pid"')
            for number in HANDED_ON:
                signal.signal(number, hand_on)
            for number in early:
                hand_on(number)
    return said


def _number_after(said: bytes, key: bytes) -> int:
    """Read the number of a key in bubblewrap's lines of JSON; -1 if it is not told. json would cost 10 ms."""
    _, found, rest = said.partition(key)
    digits = rest.lstrip(b" :").split(b"\n")[0].strip(b" },").split(b",")[0].strip()
    return int(digits) if found and digits.isdigit() else -1


def _shell_code(code: int) -> int:
    return 128 - code if code < 0 else code


def _children(pid: int) -> tuple[int, ...]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children", "rb") as file:
            return tuple(int(word) for word in file.read().split())
    except OSError:
        return ()


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
