"""Watch the GPUs of a job: a probe in a process of its own reports what became worse, or falls silent."""

from __future__ import annotations

import os
import time

from sygaldry.supervisor import helper_process
from sygaldry.supervisor.record_pipe import RecordPipe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sygaldry.supervisor.signals import EventLoop

KINDS = ("lost", "xid", "ecc", "throttle")
_NODES = ("/dev/nvidiactl", "/dev/dxg")
_AFTER_S = 5.0  # shorter attempts are not worth a second Python process
_ROUND_S = 15.0
_SILENT_S = 90.0  # NVML hangs in the kernel when a GPU is gone
_MAX_TEXT = 120
_USAGE = ("gpu_percent", "gpu_bytes")
_LARGEST = 1 << 50


class GpuMonitor:
    """Starts the probe after some seconds where there is a device node; `poll` returns its new records."""

    def __init__(self, loop: EventLoop, spec: dict[str, Any]) -> None:
        self.pid = 0
        self.trouble = ""  # the newest record, for the status line
        self.usage: dict[str, int] = {}  # the newest sample of how busy the GPUs are
        self._records = RecordPipe(loop)
        self._program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gpu_probe.py")
        self._round_s = spec.get("gpu_round_s", _ROUND_S)
        self._silent_s = spec.get("gpu_silent_s", _SILENT_S)
        self._due = time.monotonic() + spec.get("gpu_after_s", _AFTER_S)
        self._began = 0.0
        self._is_wanted = any(os.path.exists(node) for node in spec.get("gpu_nodes", _NODES))

    def poll(self) -> list[dict[str, Any]]:
        """Start the probe when it is due; return what became worse, without waiting."""
        now = time.monotonic()
        if self._is_wanted and now >= self._due:
            self._start()
        records = self._records.read()
        for record in records:
            self.usage = usage_of(record) or self.usage
        found = [known for record in records if (known := _known(record))]
        if self._is_silent(now):
            self._began = 0.0
            found.append({"kind": "lost", "gpu": -1, "text": "NVML has not answered for %d s" % self._silent_s})
        for each in found:
            self.trouble = f"{each['kind']}: {each['text']}"
        return found

    def close(self) -> None:
        """Stop listening; the probe ends with its pipe or with the job's processes."""
        self._records.close()

    def _is_silent(self, now: float) -> bool:
        """Whether a probe that still runs has printed nothing for too long; one that ended leaves the job unwatched."""
        watching = self._began and self._records.fd >= 0
        return bool(watching) and now - max(self._began, self._records.heard) > self._silent_s

    def _start(self) -> None:
        self._is_wanted = False
        self._began = time.monotonic()  # a probe that hangs at its first question counts, too
        stdout = self._records.open()
        words = ["-I", "-S", self._program, repr(self._round_s)]
        self.pid = helper_process.spawn(words, stdin=None, stdout=stdout)
        os.close(stdout)


def usage_of(record: dict[str, Any]) -> dict[str, int]:
    """Return the sample in a record of a round, if there is one."""
    if record.get("kind") != "alive":
        return {}
    return {name: record[name] for name in _USAGE if type(record.get(name)) is int and 0 <= record[name] < _LARGEST}


def _known(record: dict[str, Any]) -> dict[str, Any]:
    """Accept only known kinds and plain values."""
    if record.get("kind") not in KINDS:
        return {}
    gpu = record.get("gpu")
    return {
        "kind": record["kind"],
        "gpu": gpu if isinstance(gpu, int) else -1,
        "text": str(record.get("text", ""))[:_MAX_TEXT],
    }
