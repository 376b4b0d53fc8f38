"""The pipe on which a helper process prints records, one JSON object a line; read without waiting and within a limit.

Code of the job can write into it, too: a reader of records must accept only the names and values it knows.
"""

from __future__ import annotations

import json
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sygaldry.supervisor.signals import EventLoop

_PIECE = 1 << 16
_MAX_BUFFER = 1 << 20


class RecordPipe:
    """`fd` is the reading end, -1 where there is none; `heard` is when something came last, 0 before that."""

    def __init__(self, loop: EventLoop) -> None:
        self.fd = -1
        self.heard = 0.0
        self._loop = loop
        self._buffer = b""

    def open(self) -> int:
        """Make the pipe; returns the end for the helper, which the caller closes."""
        self.fd, stdout = os.pipe()
        os.set_blocking(self.fd, False)
        self._loop.add_fd(self.fd)
        return stdout

    def read(self) -> list[dict[str, Any]]:
        """Return the records that are there; a pipe at its end or with an endless line is closed."""
        if self.fd < 0:
            return []
        try:
            piece = os.read(self.fd, _PIECE)
        except BlockingIOError:
            return []
        if piece:
            self.heard = time.monotonic()
        *lines, self._buffer = (self._buffer + piece).split(b"\n")
        if not piece or len(self._buffer) > _MAX_BUFFER:
            self.close()
        return [record for line in lines if (record := _object(line))]

    def close(self) -> None:
        """Stop reading."""
        if self.fd >= 0:
            self._loop.remove_fd(self.fd)
            os.close(self.fd)
            self.fd = -1


def _object(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}
