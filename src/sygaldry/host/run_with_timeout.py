"""Run a program for at most so long, even if it cannot be killed: what hangs in the kernel is left behind."""

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
_LET_DIE_S: Final = 0.5


def run_bounded(command: Command, variables: Mapping[str, str] | None = None) -> Completed:
    """Return what a program said within its limit (10 s if it has none), with what came before a time-out.

    `subprocess.run` waits for the child it killed, for ever if that one sleeps uninterruptibly in a driver.
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
        _fed(child.stdin, command.input)
    out, err = _heard(child, monotonic() + limit_s)
    code = child.poll()
    if code is None:
        _left_behind(child)
    for stream in (child.stdout, child.stderr):
        if stream is not None:
            stream.close()
    if code is None:
        return Completed(command, TIMED_OUT, out, f"{err}no answer within {limit_s:g} s")
    return Completed(command, code if code >= 0 else 128 - code, out, err)


def _fed(stdin: IO[bytes], text: str) -> None:
    """Hand over a short input; a pipe holds 64 kB without a reader."""
    try:
        stdin.write(text.encode())
        stdin.close()
    except BrokenPipeError:
        return


def _heard(child: "subprocess.Popen[bytes]", deadline: float) -> tuple[str, str]:
    """Collect both streams until the child is gone; a grandchild that keeps them open is not waited for."""
    heard: dict[str, bytearray] = {"out": bytearray(), "err": bytearray()}
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
                heard[key.data] += chunk[: max(0, _MOST_BYTES - len(heard[key.data]))]
            if (not ready and child.poll() is not None) or monotonic() >= deadline:
                break
    _waited(child, max(0.0, deadline - monotonic()))
    return heard["out"].decode(errors="replace"), heard["err"].decode(errors="replace")


def _left_behind(child: "subprocess.Popen[bytes]") -> None:
    """Kill the child and its children; if that takes too long, go on without it."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    if not _waited(child, _LET_DIE_S):
        child.returncode = -signal.SIGKILL  # or its destructor would complain that it still runs


def _waited(child: "subprocess.Popen[bytes]", limit_s: float) -> bool:
    try:
        child.wait(limit_s)
    except subprocess.TimeoutExpired:
        return False
    return True
