"""A helper process that parses the log and reports phases, progress, errors and warnings.

Where it cannot run, fails, or is killed, the job has fewer events; nothing else changes.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time

from sygaldry.supervisor import helper_process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sygaldry.supervisor.run_files import RunFiles
    from sygaldry.supervisor.signals import EventLoop

EVENTS = ("phase", "error", "warning", "at")
FACTS = ("tool", "phase", "done", "total", "step", "eta_s", "eta_low_s", "eta_high_s", "kind", "key", "at", "text")
_OLDEST = (3, 11)
_AFTER_S = 1.0  # shorter attempts are not worth a second Python process
_FINISH_S = 0.1
_PIECE = 1 << 16
_MAX_BUFFER = 1 << 20


class Observer:
    """Started after an attempt has run for a second; `poll` returns its new records."""

    def __init__(self, spec: dict[str, Any], paths: RunFiles, number: int, loop: EventLoop) -> None:
        self.pid = 0
        words = {"FOLDER": paths.folder, "JOB": paths.job, "RUN": paths.run, "ATTEMPT": str(number)}
        words["BEGAN"] = repr(time.monotonic())
        self._words = [words.get(word, word) for word in spec.get("observe", ())]
        self._loop = loop
        self._due = time.monotonic() + _AFTER_S
        self._output = self._stdin = -1
        self._buffer = b""
        self._is_ready = False

    def poll(self) -> list[dict[str, Any]]:
        """Start it when it is due; return its new records without waiting."""
        if self._words and time.monotonic() >= self._due:
            self._start()
        return self._read()

    def finish(self) -> list[dict[str, Any]]:
        """Give a ready observer a moment to read the rest; return its last records."""
        if self._stdin >= 0:
            os.close(self._stdin)
            self._stdin = -1
        found = self._read()
        until = time.monotonic() + (_FINISH_S if self._is_ready else 0)
        while self._output >= 0 and select.select([self._output], [], [], max(until - time.monotonic(), 0))[0]:
            found += self._read()
        self._detach()
        return found

    def _start(self) -> None:
        words, self._words = self._words, []
        if sys.version_info < _OLDEST:
            return
        (stdin, self._stdin), (self._output, stdout) = os.pipe(), os.pipe()
        self.pid = helper_process.spawn(words, stdin=stdin, stdout=stdout)
        os.close(stdin)
        os.close(stdout)
        os.set_blocking(self._output, False)
        self._loop.add_fd(self._output)

    def _read(self) -> list[dict[str, Any]]:
        if self._output < 0:
            return []
        try:
            piece = os.read(self._output, _PIECE)
        except BlockingIOError:
            return []
        self._is_ready = self._is_ready or bool(piece)
        *lines, self._buffer = (self._buffer + piece).split(b"\n")
        if not piece or len(self._buffer) > _MAX_BUFFER:
            self._detach()
        return [each for line in lines if (each := _parse(line))]

    def _detach(self) -> None:
        if self._output >= 0:
            self._loop.remove_fd(self._output)
            os.close(self._output)
            self._output, self.pid = -1, 0


def _parse(line: bytes) -> dict[str, Any]:
    """Parse a line; accept only known events, known keys and plain values."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(record, dict) or record.get("event") not in EVENTS:
        return {}
    facts = {name: record[name] for name in ("event", *FACTS) if name in record}
    return {name: value for name, value in facts.items() if value is None or isinstance(value, (str, int, float))}
