"""Write into the standard input of a running job."""

import errno
import os
import select
import stat
import time
from collections.abc import Iterable
from typing import Final

from sygaldry.flows.job.lookup import find_run, inspect_run
from sygaldry.flows.job.record import append_record, read_request
from sygaldry.jobs.paths import RunFiles
from sygaldry.model.errors import CommandFailedError, UsageError
from sygaldry.model.report import Report

_PATIENCE_S: Final = 10.0
_TICK_S: Final = 0.05


def job_send(folder: str, job: str, chunks: Iterable[bytes], *, ends: bool = False, run: str = "") -> Report:
    """Write to the input of a job started with `--stdin`; with `ends`, let it read end of file afterwards.

    Raises UsageError if the job has no such input or has ended, CommandFailedError if it does not read.
    """
    paths = find_run(folder, job, run)
    if not read_request(paths).get("stdin"):
        raise UsageError(
            f"job {job!r} has no input: it was started without --stdin",
            hint=f"sygaldry job run --job {job} --stdin -- COMMAND ...",
        )
    descriptor = _open_input(paths)
    sent = 0
    try:
        for chunk in chunks:
            sent += _write(paths, descriptor, chunk, sent)
    finally:
        os.close(descriptor)
        # The size alone: what is typed into a program may be a password.
        append_record(paths, "sent", {"bytes": sent, "uid": os.getuid()})
    if ends:
        _end(paths)
    closing = ", and closed its input" if ends else ""
    return Report({"job": job, "run": paths.run, "bytes": sent, "ended": ends}, (f"sent {sent} bytes{closing}",))


def _open_input(paths: RunFiles) -> int:
    """Open the pipe. It has no reader before the supervisor has begun, which may be a moment away."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            descriptor = os.open(paths.input, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError as error:
            if error.errno not in (errno.ENXIO, errno.ENOENT):
                raise _unreachable(paths, str(error.strerror)) from error
        else:
            if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                return descriptor
            os.close(descriptor)  # the job has put something else in its place
            raise _unreachable(paths, "it is not a named pipe")
        state = inspect_run(paths).state
        if state.final:
            raise UsageError(f"job {paths.job!r} has ended as {state}", hint=f"sygaldry job retry --job {paths.job}")
        if time.monotonic() >= deadline:
            raise _unreachable(paths, f"the job is {state} and reads nothing yet")
        time.sleep(_TICK_S)


def _write(paths: RunFiles, descriptor: int, chunk: bytes, before: int) -> int:
    """Write a chunk whole; a full pipe is waited for."""
    left = memoryview(chunk)
    while left:
        if not select.select((), (descriptor,), (), _PATIENCE_S)[1]:
            took = before + len(chunk) - len(left)
            raise _unreachable(paths, f"the job reads no more: {took} bytes were sent")
        try:
            left = left[os.write(descriptor, left) :]
        except BlockingIOError:  # room for less than one atomic write
            time.sleep(_TICK_S)
        except BrokenPipeError as error:
            raise _unreachable(paths, "the job has ended") from error
    return len(chunk)


def _end(paths: RunFiles) -> None:
    try:
        descriptor = os.open(paths.control, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            os.write(descriptor, b"end-input\n")
        finally:
            os.close(descriptor)
    except OSError as error:
        raise _unreachable(paths, str(error.strerror)) from error


def _unreachable(paths: RunFiles, why: str) -> CommandFailedError:
    return CommandFailedError(
        f"cannot write to the input of job {paths.job}: {why}", hint=f"sygaldry job status --job {paths.job}"
    )
