"""Run a program with a time limit, even if it cannot be killed: a process stuck in the kernel is abandoned."""

import os
import selectors
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from typing import IO, Final

from sygaldry.model.command import MISSING, TIMED_OUT, Command, Completed

_MOST_BYTES: Final = 4 * 2**20
_KILL_GRACE_S: Final = 0.5


def run_with_timeout(command: Command, variables: Mapping[str, str] | None = None) -> Completed:
    """Return the output of a program, complete or up to its time limit (10 s unless it sets one).

    `subprocess.run` waits for a killed child; a child in uninterruptible sleep in a driver would block it for ever.
    """
    limit_s = command.timeout_s or 10.0
    try:
        child = subprocess.Popen(
            command.argv,
            stdin=subprocess.DEVNULL if command.input is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(variables or {})},
            start_new_session=True,
        )
    except FileNotFoundError:
        return Completed(command, MISSING, err=f"{command.argv[0]}: not found")
    except OSError as error:
        return Completed(command, 126, err=str(error))
    if command.input is not None and child.stdin is not None:
        _write_input(child.stdin, command.input)
    out, err = _read_output(child, monotonic() + limit_s)
    code = child.poll()
    if code is None:
        _kill_or_abandon(child)
    for stream in (child.stdout, child.stderr):
        if stream is not None:
            stream.close()
    if code is None:
        return Completed(command, TIMED_OUT, out, f"{err}no answer within {limit_s:g} s")
    return Completed(command, code if code >= 0 else 128 - code, out, err)


def _write_input(stdin: IO[bytes], text: str) -> None:
    """Write a short input; a pipe buffers 64 kB without a reader."""
    try:
        stdin.write(text.encode())
        stdin.close()
    except BrokenPipeError:
        return


def _read_output(child: "subprocess.Popen[bytes]", deadline: float) -> tuple[str, str]:
    """Collect both streams until the child exits, even if a grandchild keeps them open."""
    collected: dict[str, bytearray] = {"out": bytearray(), "err": bytearray()}
    with selectors.DefaultSelector() as selector:
        for name, stream in (("out", child.stdout), ("err", child.stderr)):
            if stream is not None:
                selector.register(stream, selectors.EVENT_READ, name)
        while selector.get_map():
            ready = selector.select(min(0.1, max(0.0, deadline - monotonic())))
            for key, _ in ready:
                chunk = os.read(key.fd, 65536)
                if not chunk:
                    selector.unregister(key.fileobj)
                collected[key.data] += chunk[: max(0, _MOST_BYTES - len(collected[key.data]))]
            if (not ready and child.poll() is not None) or monotonic() >= deadline:
                break
    _wait(child, max(0.0, deadline - monotonic()))
    return collected["out"].decode(errors="replace"), collected["err"].decode(errors="replace")


def _kill_or_abandon(child: "subprocess.Popen[bytes]") -> None:
    """Kill the child and its children; continue without waiting if that takes too long."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    if not _wait(child, _KILL_GRACE_S):
        child.returncode = -signal.SIGKILL  # prevents the destructor's warning about a running child


def _wait(child: "subprocess.Popen[bytes]", limit_s: float) -> bool:
    try:
        child.wait(limit_s)
    except subprocess.TimeoutExpired:
        return False
    return True
