"""Run a command in a sandbox that keeps running, through the socket of its keeper (supervisor/keeper.py)."""

import array
import fcntl
import json
import os
import pty
import select
import signal
import socket
import struct
import termios
import tty
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from sygaldry.model.errors import MachineNotReadyError

_FORWARDED: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
_PIECE: Final = 65536
_LONGEST_ANSWER: Final = 4096


def listen(path: str) -> socket.socket:
    """Make the socket of a keeper; it is inherited, so nothing inside can see its path."""
    with suppress(FileNotFoundError):
        os.unlink(path)
    # The folder may be deeper than the 108 bytes that an address can have.
    folder = os.open(os.path.dirname(path), os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(f"/proc/self/fd/{folder}/{os.path.basename(path)}")
        listener.listen(16)
    finally:
        os.close(folder)
    return listener


def run_attached(
    path: str, argv: tuple[str, ...], environment: Mapping[str, str], directory: str, *, terminal: bool
) -> int:
    """Run a command and return its exit code; signals and the terminal's size reach it."""
    request = {"argv": list(argv), "environment": dict(environment), "directory": directory, "terminal": terminal}
    connection = _connected(path)
    if not terminal:
        _send(connection, request, (0, 1, 2))
        return _follow(connection, -1)
    controller, client = pty.openpty()
    _copy_size(0, controller)
    _send(connection, request, (client, client, client))
    os.close(client)
    saved = termios.tcgetattr(0)
    try:
        tty.setraw(0)
        signal.signal(signal.SIGWINCH, lambda *_: _copy_size(0, controller))
        return _follow(connection, controller)
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, saved)


def request_stop(path: str, grace_s: float) -> bool:
    """Ask a keeper to end; returns whether it could be asked."""
    try:
        connection = _connected(path)
    except MachineNotReadyError:
        return False
    with connection:
        connection.settimeout(grace_s + 5)
        try:
            connection.sendall(json.dumps({"stop": grace_s}).encode() + b"\n")
            connection.recv(1)
        except OSError:
            return False
    return True


def _connected(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        folder = os.open(os.path.dirname(path), os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            connection.connect(f"/proc/self/fd/{folder}/{os.path.basename(path)}")
        finally:
            os.close(folder)
    except OSError as error:
        connection.close()
        raise MachineNotReadyError(
            f"the environment does not answer: {error.strerror}", hint="start it again: sygaldry down && sygaldry up"
        ) from error
    return connection


def _send(connection: socket.socket, request: Mapping[str, object], streams: tuple[int, ...]) -> None:
    text = json.dumps(request).encode("utf-8", "surrogateescape") + b"\n"
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", streams))]
    sent = connection.sendmsg([text], rights)
    connection.sendall(text[sent:])


def _follow(connection: socket.socket, controller: int) -> int:
    """Copy between the terminal and the command, forward signals, and return the exit code that the keeper reports."""

    def forward(number: int, _: object) -> None:
        with suppress(OSError):
            connection.sendall(b"signal %d\n" % number)

    # A signal that came just before select would not end it, and its handler would run after the next event.
    woken, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    for number in _FORWARDED:
        signal.signal(number, forward)
    answer = b""
    sources = [connection.fileno(), *([0, controller] if controller >= 0 else [])]
    while sources:
        for source in select.select([*sources, woken], [], [])[0]:
            if source == woken:
                os.read(woken, _PIECE)
            elif source == connection.fileno():
                chunk = connection.recv(_LONGEST_ANSWER)
                answer = (answer + chunk)[-_LONGEST_ANSWER:]
                if not chunk:
                    _drain(controller)
                    return _exit_code(answer)
            else:
                target = controller if source == 0 else 1
                if not _copied(source, target):
                    sources.remove(source)
    return _exit_code(answer)


def _copied(source: int, target: int) -> bool:
    try:
        piece = os.read(source, _PIECE)
    except OSError:  # EIO: no process has the terminal open any more
        return False
    while piece:
        written = os.write(target, piece)
        if written == len(piece):
            return True
        piece = piece[written:]
    return False


def _drain(controller: int) -> None:
    """Print what the command wrote to its terminal last."""
    while controller >= 0 and select.select([controller], [], [], 0)[0] and _copied(controller, 1):
        pass


def _exit_code(answer: bytes) -> int:
    for line in answer.splitlines():
        word, _, number = line.partition(b" ")
        if word == b"exit" and number.isdigit():
            return int(number) & 0xFF
    return 128 + signal.SIGKILL  # the environment ended before its command reported an exit code


def _copy_size(source: int, target: int) -> None:
    with suppress(OSError):
        size = fcntl.ioctl(source, termios.TIOCGWINSZ, struct.pack("HHHH", 0, 0, 0, 0))
        fcntl.ioctl(target, termios.TIOCSWINSZ, size)
