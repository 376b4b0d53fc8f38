"""Heartbeats of an attempt: progress events with evidence, a fresh status line, and observations from the log."""

from __future__ import annotations

import os
import time

from sygaldry.supervisor import process_tree
from sygaldry.supervisor.status_line import duration, estimate, size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sygaldry.supervisor.output_monitor import Output
    from sygaldry.supervisor.recorder import RunRecorder

HEARTBEAT_S = 10.0
_FRESH_S = 2.0
_SILENT_S = 30
_DISK_LOW = 256 << 20


class Heartbeat:
    """Record the progress of a running attempt. `attempt` is `2/3`, or empty without retries."""

    def __init__(self, recorder: RunRecorder, output: Output, attempt: str) -> None:
        self._recorder, self._output, self._attempt = recorder, output, attempt
        self._last_beat = self._last_status = 0.0
        self._status_size = -1
        self._cpu = 0.0
        self._position: dict[str, Any] = {}
        self._is_changed = False
        self._stalled = False
        self.gpu_trouble = ""  # the newest that the GPU monitor reported
        self.gpu_usage: dict[str, int] = {}  # its newest sample

    def tick(self, processes: Callable[[], list[int]], grown: bool) -> None:
        """Write what is due; the processes are listed only for a heartbeat, because listing is expensive."""
        if grown and self._stalled:
            self._stalled = False
            self._recorder.event("resumed", self._output.size)
        now = time.monotonic()
        if now - self._last_beat >= HEARTBEAT_S:
            self.beat(processes())
            self._watch_disk()
        elif now - self._last_status >= _FRESH_S and (self._is_changed or self._output.size != self._status_size):
            self._write_status()

    def beat(self, pids: list[int]) -> None:
        """Record a heartbeat with its evidence."""
        self._last_beat = time.monotonic()
        cpu, rss_bytes = process_tree.usage(pids)
        self._cpu = max(cpu, self._cpu)
        self._write_status()
        self._recorder.event(
            "progress",
            self._output.size,
            durable=False,
            bytes=self._output.size,
            cpu_s=round(self._cpu, 2),
            silent_s=round(self._output.silent_s, 1),
            processes=len(pids),
            rss_bytes=rss_bytes,
            **self.gpu_usage,
            **self._position,
        )

    def take_observations(self, observations: list[dict[str, Any]]) -> None:
        """Take observations: the position goes into the next status line, the rest into the ledger."""
        for each in observations:
            event = str(each.pop("event"))
            if event == "at":
                self._is_changed = self._is_changed or each != self._position
                self._position = each
            else:
                self._recorder.event(event, self._output.size, durable=False, **each)

    def record_stall(self) -> None:
        """Record once that the command has gone silent."""
        if not self._stalled:
            self._stalled = True
            silent = round(self._output.silent_s, 1)
            self._recorder.event("stall", self._output.size, silent_s=silent, cpu_s=round(self._cpu, 2))

    def _write_status(self) -> None:
        self._last_status, self._status_size, self._is_changed = time.monotonic(), self._output.size, False
        silent, left, total = self._output.silent_s, self._position.get("eta_s"), self._position.get("total")
        fields = {
            "try": self._attempt,
            "done": f"{self._position.get('done')}/{total}" if total else "",
            "eta": estimate(self._position.get("eta_low_s", left), self._position.get("eta_high_s", left), total),
            "silent": duration(silent) if silent >= _SILENT_S else "",
            "log": size(self._output.size),
            "cpu": duration(self._cpu),
            "gpu": self.gpu_trouble.partition(":")[0],
        }
        self._recorder.write_status(
            "PROGRESS", fields, step=str(self._position.get("step") or "") or self._output.last_line()
        )

    def _watch_disk(self) -> None:
        disk = os.statvfs(self._recorder.paths.folder)
        free = disk.f_bavail * disk.f_frsize
        if free < _DISK_LOW and not self._recorder.disk_low_recorded:
            self._recorder.disk_low_recorded = True
            self._recorder.event("disk-low", self._output.size, free_bytes=free)
