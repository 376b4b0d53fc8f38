"""Start a command under a small shell that holds the run's lock and writes the exit code by rename.

The shell outlives a killed supervisor, so the exit code does too. It overwrites a draft that already has its
blocks, so that a full disk cannot take the code away.
"""

from __future__ import annotations

import fcntl
import os
import signal

LOCK = 8  # the descriptor that the shell alone keeps
# The traps keep the shell alive without being inherited as "ignored" by the command. The shell itself has nowhere
# to print to: the log holds what the command printed, and no "Killed" of ours.
# The subshell is for dash, which says "Killed" where the command would have printed.
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
    """Make the draft of the exit code."""
    descriptor = os.open(f"{code}.draft", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    os.write(descriptor, b"   \n")
    os.fsync(descriptor)
    os.close(descriptor)


def start(argv: list[str], code: str, lock: str, output: int, variables: dict[str, str]) -> int:
    """Start the command with `output` as both of its outputs and some variables more; returns the shell's pid."""
    held = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(held, fcntl.LOCK_EX)
    pid = os.fork()
    if pid:
        os.close(held)
        return pid
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDONLY)
        output = os.dup2(output, 1) if output != 1 else output
        os.dup2(1, 2)
        os.dup2(nothing, 0)
        os.dup2(held, LOCK)
        os.closerange(3, LOCK)
        os.closerange(LOCK + 1, 1024)
        for name in _DEFAULTS:
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        os.environ.update(variables)
        os.execv("/bin/sh", ["sh", "-c", SCRIPT, NAME, code, *argv])
    finally:
        os._exit(127)


def is_one(pid: int) -> bool:
    """Tell whether a process is such a shell."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return NAME.encode() + b"\0" in file.read()
    except OSError:
        return False


def code_of(path: str) -> int | None:
    """Read an exit code; None while there is none."""
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            text = file.read(16).strip()
    except OSError:
        return None
    return int(text) if text.isdigit() and int(text) < 256 else None
