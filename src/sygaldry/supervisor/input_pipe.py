"""The standard input of a job started with --stdin: a named pipe that `job send` writes into from the host."""

from __future__ import annotations

import os
import stat


class InputPipe:
    """Keeps the pipe open for writing, so that the command sees its end only when `end` is called."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._descriptor = _open_fifo(path, os.O_RDWR)

    def reader(self) -> int:
        """Open the end that the command reads; -1 where the pipe is gone. It blocks a reader as a terminal would."""
        descriptor = _open_fifo(self._path, os.O_RDONLY)
        if descriptor >= 0:
            os.set_blocking(descriptor, True)
        return descriptor

    def end(self) -> None:
        """Let the command read end of file once it has read everything."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1


def _open_fifo(path: str, flags: int) -> int:
    try:
        descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return -1
    if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    return -1
