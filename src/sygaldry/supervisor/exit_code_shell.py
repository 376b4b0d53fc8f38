"""Start a command under a small shell that holds the run's lock and writes the exit code by rename.

The shell outlives a killed supervisor, and so does the exit code. It overwrites a draft whose blocks are already
allocated, so that a full disk cannot lose the code.
"""

from __future__ import annotations

import fcntl
import os
import signal

from sygaldry.supervisor.safe_files import open_regular, read_head

LOCK = 8  # a descriptor that only the shell keeps open
# The traps keep the shell alive; unlike ignored signals, the command does not inherit them. The shell's own stderr is
# /dev/null: the log holds only what the command printed. The subshell keeps dash from printing "Killed" into the log.
SCRIPT = """
trap : HUP INT QUIT TERM USR1 USR2
code=$1 draft=$1.draft
shift
exec 7>&2 2>/dev/null
(exec "$@" 2>&7 7>&- 8>&-)
rc=$?
printf '%-3s\\n' "$rc" 1<>"$draft" 7>&- && mv -f "$draft" "$code"
exit "$rc"
"""
NAME = "sygaldry-job"
_DEFAULTS = ("SIGPIPE", "SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGXFSZ")


def prepare(code: str) -> None:
    """Create the draft of the exit code file."""
    descriptor = open_regular(f"{code}.draft", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.write(descriptor, b"   \n")
    os.fsync(descriptor)
    os.close(descriptor)


def start(argv: list[str], code: str, lock: str, streams: tuple[int, int], variables: dict[str, str]) -> int:
    """Start the command with extra variables; return the shell's pid.

    `streams` are its standard input (-1: an empty one) and what it prints into.
    """
    lock_fd = open_regular(lock, os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock_fd, fcntl.LOCK_EX)
    pid = os.fork()
    if pid:
        os.close(lock_fd)
        return pid
    try:
        os.setsid()
        stdin, output = streams
        stdin = stdin if stdin >= 0 else os.open(os.devnull, os.O_RDONLY)
        output = os.dup2(output, 1) if output != 1 else output
        os.dup2(1, 2)
        os.dup2(stdin, 0)
        os.dup2(lock_fd, LOCK)
        os.closerange(3, LOCK)
        os.closerange(LOCK + 1, 1024)
        for name in _DEFAULTS:
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        os.environ.update(variables)
        os.execv("/bin/sh", ["sh", "-c", SCRIPT, NAME, code, *argv])
    finally:
        os._exit(127)


def is_shell(pid: int) -> bool:
    """Return whether a process is an exit code shell."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return NAME.encode() + b"\0" in file.read()
    except OSError:
        return False


def read_exit_code(path: str) -> int | None:
    """Read an exit code; return None if none is written yet."""
    text = read_head(path, 16).decode("ascii", "replace").strip()
    return int(text) if text.isdigit() and int(text) < 256 else None
