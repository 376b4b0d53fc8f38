"""Supervise one run of a job: python3 -I -S supervise.py SPEC.json.

Two processes: the one that was started only waits (the anchor: a container lives as long as it does), its child
holds the supervisor's lock and does the work. When the child is killed, the command goes on under its shell, which
writes the exit code; the anchor stays until that has happened, and still obeys `stop`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time

sys.path[:0] = [os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))]

from sygaldry.supervisor import locks, syscalls  # noqa: E402 - found by the line above
from sygaldry.supervisor.anchor import CANNOT, anchor  # noqa: E402
from sygaldry.supervisor.attempt import Attempt  # noqa: E402
from sygaldry.supervisor.ledger import has_last_word, sync_folder  # noqa: E402
from sygaldry.supervisor.log_pipe import secrets  # noqa: E402
from sygaldry.supervisor.outcome import verdict  # noqa: E402
from sygaldry.supervisor.recorder import Book  # noqa: E402
from sygaldry.supervisor.retry import Again  # noqa: E402
from sygaldry.supervisor.run_files import Names  # noqa: E402
from sygaldry.supervisor.signals import Ears  # noqa: E402

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main(path: str) -> int:
    """Run a spec to its end; returns the exit code of the last attempt."""
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        spec = json.load(file)
    names = Names(os.path.dirname(os.path.abspath(path)), spec["job"], spec["run"])
    syscalls.adopt_orphans()
    pipe = os.pipe() if spec.get("log_mode") == "pipe" else None
    held = locks.taken(names.anchor_lock, tries=1)
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
    return CANNOT


def supervise(names: Names, spec: dict[str, Any], pipe: tuple[int, int] | None) -> int:
    """Hold the lock, run the attempts, write the verdict."""
    lock = locks.taken(names.supervisor_lock)
    if lock < 0:
        sys.stderr.write(f"sygaldry: run {names.run} of {names.job} already has a supervisor\n")
        return CANNOT
    if has_last_word(names.events):
        sys.stderr.write(f"sygaldry: run {names.run} of {names.job} has been given up, this start comes too late\n")
        return CANNOT
    syscalls.adopt_orphans()
    ears = Ears(names.control, names.stop)
    ears.listen()
    book = Book(names, secrets=secrets(dict(os.environb), tuple(spec.get("mask", ()))))
    book.event(
        "started",
        0,
        pid=os.getpid(),
        boot_id=_text("/proc/sys/kernel/random/boot_id"),
        boottime_s=round(time.clock_gettime(time.CLOCK_BOOTTIME), 3),
        python=sys.version.split(" ", 1)[0],
        host=os.uname().nodename,
    )
    if os.environ.get("SYGALDRY_CONTAINER") in ("docker", "podman"):
        # The command writes its log itself, so this is all that `docker logs` would show.
        where = f"its log is {names.log(1)}; read it with: sygaldry job logs --job {names.job}"
        sys.stdout.write(f"sygaldry: job {names.job}, run {names.run}: {where}\n")
        sys.stdout.flush()
    number, again = 1, Again(spec)
    while True:
        attempt = Attempt(book, ears, {**spec, "variables": again.variables}, number, pipe)
        code = attempt.run()
        state, ender, why = verdict(code, attempt.ended_by, attempt.killed_for_memory(code))
        if state == "FAILED" and code - 128 in attempt.handed_on:
            ender, why = "machine", f"ended by signal {code - 128} from outside, as docker stop or a shutdown sends"
            break
        answer = again.after(number, state, code, names.log(number))
        if not answer.again:
            why += f"; {answer.why}" if answer.why else ""
            break
        told = {"rc": code, "state": state, "why": why, "kind": answer.kind, "jobs": answer.jobs}
        book.event("retry", 0, durable=True, attempt=number, pause_s=answer.pause_s, **told)
        book.show("RETRY", {"try": f"{number}/{spec['retries'] + 1}", "next": f"{answer.pause_s:g}s"}, code=code)
        if not _waited(ears, answer.pause_s):
            state, ender, why = "STOPPED", "user", "somebody asked for it while it waited for another attempt"
            break
        number += 1
    _make_durable(names, number)
    book.close()
    size = os.path.getsize(names.log(number))
    book.event("exit", size, state=state, rc=code, by=ender, why=why, attempt=number)
    book.show(state, {"by": ender}, code=code, step=why, durable=True)
    return code


def _waited(ears: Ears, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ears.hear(min(until - time.monotonic(), 1.0))
        if ears.wants_stop():
            return False
    return True


def _make_durable(names: Names, number: int) -> None:
    try:
        descriptor = os.open(names.code(number), os.O_RDONLY | os.O_CLOEXEC)
        os.fsync(descriptor)
        os.close(descriptor)
        sync_folder(names.events)
    except OSError:
        return


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
