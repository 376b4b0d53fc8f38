"""A helper process that parses the log and reports phases, progress, errors and warnings.

Where it cannot run, fails, or is killed, the job has fewer events; nothing else changes.
"""

from __future__ import annotations

import os
import select
import sys
import time

from sygaldry.supervisor import helper_process
from sygaldry.supervisor.record_pipe import RecordPipe

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


class Observer:
    """Started after an attempt has run for a second; `poll` returns its new records."""

    def __init__(self, spec: dict[str, Any], paths: RunFiles, number: int, loop: EventLoop) -> None:
        self.pid = 0
        words = {"FOLDER": paths.folder, "JOB": paths.job, "RUN": paths.run, "ATTEMPT": str(number)}
        words["BEGAN"] = repr(time.monotonic())
        self._words = [words.get(word, word) for word in spec.get("observe", ())]
        self._records = RecordPipe(loop)
        self._due = time.monotonic() + _AFTER_S
        self._stdin = -1

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
        until = time.monotonic() + (_FINISH_S if self._records.heard else 0)
        while self._records.fd >= 0 and select.select([self._records.fd], [], [], max(until - time.monotonic(), 0))[0]:
            found += self._read()
        self._records.close()
        self.pid = 0
        return found

    def _start(self) -> None:
        words, self._words = self._words, []
        if sys.version_info < _OLDEST:
            return
        stdin, self._stdin = os.pipe()
        stdout = self._records.open()
        self.pid = helper_process.spawn(words, stdin=stdin, stdout=stdout)
        os.close(stdin)
        os.close(stdout)

    def _read(self) -> list[dict[str, Any]]:
        was_open = self._records.fd >= 0
        found = [known for record in self._records.read() if (known := _known(record))]
        if was_open and self._records.fd < 0:
            self.pid = 0
        return found


def _known(record: dict[str, Any]) -> dict[str, Any]:
    """Accept only known events, known keys and plain values."""
    if record.get("event") not in EVENTS:
        return {}
    facts = {name: record[name] for name in ("event", *FACTS) if name in record}
    return {name: value for name, value in facts.items() if value is None or isinstance(value, (str, int, float))}
