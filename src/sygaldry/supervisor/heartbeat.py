"""The signs of life of an attempt: heartbeats with evidence, a status line that is fresh, and what is in the log."""

from __future__ import annotations

import os
import time

from sygaldry.supervisor import process_tree
from sygaldry.supervisor.status_line import duration, size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sygaldry.supervisor.output_monitor import Output
    from sygaldry.supervisor.recorder import Book

HEARTBEAT_S = 10.0
_FRESH_S = 2.0
_SILENT_S = 30
_DISK_LOW = 256 << 20


class Pulse:
    """What an attempt tells while it runs. `attempt` is `2/3`, or empty where it is not tried again."""

    def __init__(self, book: Book, output: Output, attempt: str) -> None:
        self._book, self._output, self._attempt = book, output, attempt
        self._beaten = self._shown = 0.0
        self._shown_size = -1
        self._cpu = 0.0
        self._at: dict[str, Any] = {}
        self._is_news = False
        self._stalled = False

    def look(self, processes: Callable[[], list[int]], grown: bool) -> None:
        """Tell what it is time for; the processes of the job are listed only when they are counted."""
        if grown and self._stalled:
            self._stalled = False
            self._book.event("resumed", self._output.size)
        now = time.monotonic()
        if now - self._beaten >= HEARTBEAT_S:
            self.beat(processes())
            self._watch_disk()
        elif now - self._shown >= _FRESH_S and (self._is_news or self._output.size != self._shown_size):
            self._show()

    def beat(self, pids: list[int]) -> None:
        """Say that we are alive, with evidence."""
        self._beaten = time.monotonic()
        self._cpu = max(process_tree.cpu_seconds(pids), self._cpu)
        self._show()
        self._book.event(
            "progress",
            self._output.size,
            durable=False,
            bytes=self._output.size,
            cpu_s=round(self._cpu, 2),
            silent_s=round(self._output.silent_s, 1),
            processes=len(pids),
            **self._at,
        )

    def hear(self, said: list[dict[str, Any]]) -> None:
        """Take what the observer says: where the job is at goes into the next line, the rest into the ledger."""
        for each in said:
            event = str(each.pop("event"))
            if event == "at":
                self._is_news = self._is_news or each != self._at
                self._at = each
            else:
                self._book.event(event, self._output.size, durable=False, **each)

    def stall(self) -> None:
        """Tell once that nothing is printed any more."""
        if not self._stalled:
            self._stalled = True
            silent = round(self._output.silent_s, 1)
            self._book.event("stall", self._output.size, silent_s=silent, cpu_s=round(self._cpu, 2))

    def _show(self) -> None:
        self._shown, self._shown_size, self._is_news = time.monotonic(), self._output.size, False
        silent, left, total = self._output.silent_s, self._at.get("eta_s"), self._at.get("total")
        fields = {
            "try": self._attempt,
            "done": f"{self._at.get('done')}/{total}" if total else "",
            "eta": duration(left) if isinstance(left, (int, float)) else "",
            "silent": duration(silent) if silent >= _SILENT_S else "",
            "log": size(self._output.size),
            "cpu": duration(self._cpu),
        }
        self._book.show("PROGRESS", fields, step=str(self._at.get("step") or "") or self._output.last_line())

    def _watch_disk(self) -> None:
        disk = os.statvfs(self._book.names.folder)
        free = disk.f_bavail * disk.f_frsize
        if free < _DISK_LOW and not self._book.told_disk_low:
            self._book.told_disk_low = True
            self._book.event("disk-low", self._output.size, free_bytes=free)
