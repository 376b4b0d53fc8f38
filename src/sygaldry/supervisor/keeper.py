"""Keep a sandbox running and start commands in it: python3 -I -S keeper.py DESCRIPTOR IDLE_SECONDS.

The descriptor is a listening Unix socket that the host made, so the commands get exactly the namespaces and privileges
of this process. A request is one line of JSON, with the three standard streams of the command as descriptors:

    {"argv": [...], "environment": {...}, "directory": "/workspace", "terminal": true}     then  signal N
    {"stop": 10}                                                                            ends everything

Answers are lines: `ready`, then `exit N`.
"""

from __future__ import annotations

import array
import fcntl
import json
import os
import select
import signal
import socket
import sys
import termios
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LARGEST_REQUEST = 8 << 20
_REQUEST_WITHIN_S = 10.0
_TICK_S = 1.0


class Keeper:
    """The commands that run, each with the connection that asked for it."""

    def __init__(self, listener: socket.socket, idle_s: float) -> None:
        self.listener = listener
        self.idle_s = idle_s
        self.commands: dict[int, socket.socket] = {}
        self.used = time.monotonic()
        self.is_over = False

    def serve(self) -> None:
        """Answer requests until a stop, a signal or idleness ends it."""
        while not self.is_over:
            self.reap()
            self.check_idle()
            waiting = [self.listener, *self.commands.values()]
            for ready in select.select(waiting, [], [], _TICK_S if self.idle_s or not self.commands else 0.05)[0]:
                if ready is self.listener:
                    self.accept()
                else:
                    self.hear(ready)

    def accept(self) -> None:
        """Read one request; a caller that sends nothing sensible is dropped."""
        connection, _ = self.listener.accept()
        connection.settimeout(_REQUEST_WITHIN_S)
        try:
            request, streams = receive(connection)
        except (OSError, ValueError):
            connection.close()
            return
        self.used = time.monotonic()
        if "stop" in request:
            self.stop(float(request["stop"]))
            connection.close()
            return
        try:
            pid = start(request, streams, self.listener, connection)
            connection.sendall(b"ready\n")
            self.commands[pid] = connection
        except OSError:
            connection.close()
        finally:
            for stream in streams:
                os.close(stream)

    def hear(self, connection: socket.socket) -> None:
        """Hand signals on; a caller that is gone ends its command as a closed terminal does."""
        pid = next(pid for pid, each in self.commands.items() if each is connection)
        try:
            text = connection.recv(4096)
        except OSError:
            text = b""
        if not text:
            connection.close()
            del self.commands[pid]
            for number in (signal.SIGHUP, signal.SIGCONT):
                send(-pid, number)
        for line in text.splitlines():
            word, _, number_text = line.partition(b" ")
            if word == b"signal" and number_text.isdigit() and 0 < int(number_text) < signal.NSIG:
                send(-pid, int(number_text))

    def reap(self) -> None:
        """Report the exit code of each command that has ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            self.used = time.monotonic()
            connection = self.commands.pop(pid, None)
            if connection:
                code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
                try:
                    connection.sendall(b"exit %d\n" % code)
                except OSError:
                    pass
                connection.close()

    def check_idle(self) -> None:
        """End after the idle time, unless a command or something that it left behind still runs."""
        if not self.idle_s or time.monotonic() - self.used < self.idle_s:
            return
        if self.commands or others():
            self.used = time.monotonic()
            return
        report(f"idle for {self.idle_s:g} s")
        self.is_over = True

    def stop(self, grace_s: float) -> None:
        """Ask every process to end; this process ending kills the rest."""
        report("stopped")
        self.is_over = True
        send(-1, signal.SIGTERM)
        send(-1, signal.SIGCONT)
        until = time.monotonic() + grace_s
        while (self.commands or others()) and time.monotonic() < until:
            self.reap()
            time.sleep(0.02)


def receive(connection: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Read the line of a request and the descriptors that came with it. Raises ValueError or OSError."""
    descriptors = array.array("i")
    text = b""
    while b"\n" not in text:
        chunk, extra, _, _ = connection.recvmsg(65536, socket.CMSG_SPACE(3 * descriptors.itemsize))
        for level, kind, data in extra:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
        text += chunk
        if not chunk or len(text) > _LARGEST_REQUEST:
            raise ValueError("not a request")
    request = json.loads(text.decode("utf-8", "surrogateescape"))
    if not isinstance(request, dict) or ("stop" not in request and len(descriptors) != 3):
        raise ValueError("not a request")
    return request, list(descriptors)


def start(request: dict[str, Any], streams: list[int], *ours: socket.socket) -> int:
    """Start a command in a session of its own, with its terminal if it has one; returns its pid."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        if request.get("terminal"):
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        for each in ours:
            each.close()
        os.closerange(3, 1024)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.chdir(request["directory"])
        environment = {**os.environ, **request["environment"]}
        os.execvpe(request["argv"][0], request["argv"], environment)
    except BaseException as error:  # noqa: BLE001 - the caller sees it on its stderr and in the exit code
        os.write(2, f"sygaldry: cannot start {request.get('argv', ['?'])[0]}: {error}\n".encode(errors="replace"))
    finally:
        os._exit(126)


def others() -> bool:
    """Return whether any process besides the namespace's first one and this one runs."""
    return any(name.isdigit() and int(name) not in (1, os.getpid()) for name in os.listdir("/proc"))


def send(pid: int, number: int) -> None:
    """Send a signal to a process group, or with -1 to everything inside."""
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def report(text: str) -> None:
    """Write a line to the environment's log."""
    sys.stdout.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {text}\n")
    sys.stdout.flush()


def main(words: list[str]) -> int:
    """Serve until the end."""
    listener = socket.socket(fileno=int(words[0]))
    listener.setblocking(True)
    keeper = Keeper(listener, float(words[1]))

    def end(*_: object) -> None:
        keeper.is_over = True

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    # Without a handler a child's end would not interrupt the wait.
    reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    del reader
    report("started")
    keeper.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
