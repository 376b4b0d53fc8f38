"""Supervise one run of a job: python3 -I -S supervise.py SPEC.json.

Two processes: the one that was started only waits (the anchor: a container lives as long as it does), its child
holds the supervisor's lock and does the work. When the child is killed, the command goes on under its shell, which
writes the exit code; the anchor stays until that has happened, and still obeys `stop`.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import time

sys.path[:0] = [os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))]

from sygaldry.supervisor import kernel, shim, tree  # noqa: E402 - found by the line above
from sygaldry.supervisor.attempt import Attempt, sink_for  # noqa: E402
from sygaldry.supervisor.book import Book  # noqa: E402
from sygaldry.supervisor.ears import Ears  # noqa: E402
from sygaldry.supervisor.ledger import has_last_word, sync_folder  # noqa: E402
from sygaldry.supervisor.line import ended_with  # noqa: E402
from sygaldry.supervisor.names import Names  # noqa: E402
from sygaldry.supervisor.watch import is_ours_alone, oom_kills  # noqa: E402

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CANNOT = 125
_LONGEST_BACKOFF_S = 3600


def main(path: str) -> int:
    """Run a spec to its end; returns the exit code of the last attempt."""
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        spec = json.load(file)
    names = Names(os.path.dirname(os.path.abspath(path)), spec["job"], spec["run"])
    kernel.adopt_orphans()
    pipe = os.pipe() if spec.get("log_mode") == "pipe" else None
    held = _locked(names.anchor_lock, tries=1)
    child = os.fork()
    if child:
        return anchor(names, child, time.monotonic(), pipe, spec)
    try:
        if held >= 0:
            os.close(held)
        os.setsid()
        code = supervise(names, spec, pipe)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    except BaseException:  # noqa: BLE001 - whatever is wrong with us must not end the command
        sys.excepthook(*sys.exc_info())
    finally:
        # The anchor takes a supervisor that failed for one that was killed, and stays with the command.
        os.kill(os.getpid(), signal.SIGKILL)
    return _CANNOT


def supervise(names: Names, spec: dict[str, Any], pipe: tuple[int, int] | None) -> int:
    """Hold the lock, run the attempts, write the verdict."""
    lock = _locked(names.supervisor_lock)
    if lock < 0:
        sys.stderr.write(f"sygaldry: run {names.run} of {names.job} already has a supervisor\n")
        return _CANNOT
    if has_last_word(names.events):
        sys.stderr.write(f"sygaldry: run {names.run} of {names.job} has been given up, this start comes too late\n")
        return _CANNOT
    kernel.adopt_orphans()
    ears = Ears(names.control, names.stop)
    ears.listen()
    book = Book(names)
    book.event(
        "started",
        0,
        pid=os.getpid(),
        boot_id=_text("/proc/sys/kernel/random/boot_id"),
        boottime_s=round(time.clock_gettime(time.CLOCK_BOOTTIME), 3),
        python=sys.version.split(" ", 1)[0],
        host=os.uname().nodename,
    )
    number, code, state, ender, why = 1, _CANNOT, "FAILED", "job", ""
    signature = ""
    while True:
        attempt = Attempt(book, ears, spec, number, pipe)
        code = attempt.run()
        state, ender, why = verdict(code, attempt.ended_by, attempt.killed_for_memory(code))
        if state == "FAILED" and code - 128 in attempt.handed_on:
            ender, why = "machine", f"ended by signal {code - 128} from outside, as docker stop or a shutdown sends"
            break
        if state in ("DONE", "STOPPED", "TIMEOUT") or number > spec.get("retries", 0):
            break
        kind, seen = judged(spec, names.log(number), code)
        if kind == "deterministic" or (kind != "transient" and seen and seen == signature):
            why += "; not retried: " + ("the same would happen again" if kind == "deterministic" else "the same again")
            break
        signature = seen
        pause = min(spec.get("backoff_s", 10) * 2 ** (number - 1), _LONGEST_BACKOFF_S)
        book.event("retry", 0, attempt=number, rc=code, state=state, why=why, kind=kind, pause_s=pause)
        book.show("RETRY", code=code, attempt=f"{number}/{spec['retries'] + 1}", next=f"{pause:g}s")
        if not _waited(ears, pause):
            state, ender, why = "STOPPED", "user", "somebody asked for it while it waited for another attempt"
            break
        number += 1
    _make_durable(names, number)
    book.close()
    size = os.path.getsize(names.log(number))
    book.event("exit", size, state=state, rc=code, by=ender, why=why, attempt=number)
    book.show(state, code=code, step=why, durable=True, by=ender)
    return code


def verdict(code: int, ended_by: str, out_of_memory: bool) -> tuple[str, ...]:
    """Return state, who ended it and why; from the exit code and what we did ourselves, never from words in a log."""
    if ended_by == "stop":
        return "STOPPED", "user", "somebody asked for it"
    if ended_by:
        return "TIMEOUT", "runner", "it ran too long" if ended_by == "timeout" else "it printed nothing for too long"
    if code == 0:
        return "DONE", "job", ""
    if out_of_memory:
        return "OOM", "machine", "the kernel killed a process of it for want of memory"
    return "FAILED", "job", ended_with(code)


def judged(spec: dict[str, Any], log: str, code: int) -> tuple[str, ...]:
    """Ask what kind of failure it was, and its signature; unknown where the program that knows cannot run here."""
    words = [str(log) if each == "LOG" else str(code) if each == "CODE" else each for each in spec.get("judge", [])]
    if not words:
        return "unknown", ""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.dup2(writer, 1)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            os.execv(sys.executable, [sys.executable, *words])
        finally:
            os._exit(127)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode("utf-8", "replace").split("\n")
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        pass
    return (said[0], said[1]) if len(said) > 1 and said[0] else ("unknown", "")


def anchor(names: Names, child: int, began: float, pipe: tuple[int, int] | None, spec: dict[str, Any]) -> int:
    """Wait for the supervisor; if it was killed, for the command, whose orphans have become our children."""
    ears = Ears(names.control, names.stop, hears_control=False)
    ears.listen()
    killed_before = oom_kills()
    while True:
        for number in ears.hear(3600):
            ears.pass_on(number)
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            break
    if not os.WIFSIGNALED(status):
        _sync_logs(names)
        return os.WEXITSTATUS(status)
    attempt = _last_attempt(names)
    log = os.open(names.log(attempt), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600) if pipe else -1
    sink = sink_for(pipe, log, spec, ears)
    asked = False
    while _is_held(names.run_lock(attempt)):
        ears.hear(0.2)
        if sink:
            sink.drain()
        tree.reap()
        if ears.wants_stop():
            asked = True
            tree.kill_all(os.getpid(), spared=tuple(_shells()))
    tree.kill_all(os.getpid())
    if sink:
        sink.finish()
    code = shim.code_of(names.code(attempt))
    book = Book(names, began)
    book.close()
    if code is not None:
        out_of_memory = is_ours_alone() and oom_kills() > killed_before
        state, ender, why = verdict(code, "stop" if asked else "", out_of_memory)
        book.event("exit", os.path.getsize(names.log(attempt)), state=state, rc=code, by=ender, why=why, orphaned=True)
        book.show(state, code=code, step=why, durable=True, by=ender)
    return _CANNOT if code is None else code


def _shells() -> list[int]:
    """Find the shell that writes the exit code among our children."""
    mark = b"sygaldry-job\0"
    return [pid for pid in tree.descendants(os.getpid()) if mark in _bytes(f"/proc/{pid}/cmdline")]


def _last_attempt(names: Names) -> int:
    number = 1
    while os.path.exists(names.log(number + 1)):
        number += 1
    return number


def _waited(ears: Ears, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ears.hear(min(until - time.monotonic(), 1.0))
        if ears.wants_stop():
            return False
    return True


def _locked(path: str, tries: int = 100) -> int:
    """Take the lock; those who only ask hold it for a moment, so try for a while."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    for _ in range(tries):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return descriptor
    return -1


def _is_held(path: str) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _make_durable(names: Names, number: int) -> None:
    try:
        descriptor = os.open(names.code(number), os.O_RDONLY | os.O_CLOEXEC)
        os.fsync(descriptor)
        os.close(descriptor)
        sync_folder(names.events)
    except OSError:
        return


def _sync_logs(names: Names) -> None:
    """Bring the output to the disk; nobody who waits for the verdict has to wait for this."""
    for number in range(1, _last_attempt(names) + 1):
        try:
            descriptor = os.open(names.log(number), os.O_RDONLY | os.O_CLOEXEC)
            os.fdatasync(descriptor)
            os.close(descriptor)
        except OSError:
            continue


def _text(path: str) -> str:
    return _bytes(path).decode("utf-8", "replace").strip()


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
