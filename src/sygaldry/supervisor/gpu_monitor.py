"""Watch the GPUs of a job: a probe in a process of its own reports what became worse, or falls silent."""

from __future__ import annotations

import json
import os
import time

from sygaldry.supervisor import helper_process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sygaldry.supervisor.signals import EventLoop

KINDS = ("lost", "xid", "ecc", "throttle")
_NODES = ("/dev/nvidiactl", "/dev/dxg")
_AFTER_S = 5.0  # shorter attempts are not worth a second Python process
_ROUND_S = 15.0
_SILENT_S = 90.0  # NVML hangs in the kernel when a GPU is gone
_PIECE = 1 << 12
_MAX_BUFFER = 1 << 16
_MAX_TEXT = 120
_USAGE = ("gpu_percent", "gpu_bytes")
_LARGEST = 1 << 50


class GpuMonitor:
    """Starts the probe after some seconds where there is a device node; `poll` returns its new records."""

    def __init__(self, loop: EventLoop, spec: dict[str, Any]) -> None:
        self.pid = 0
        self.trouble = ""  # the newest record, for the status line
        self.usage: dict[str, int] = {}  # the newest sample of how busy the GPUs are
        self._loop = loop
        self._program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gpu_probe.py")
        self._round_s = spec.get("gpu_round_s", _ROUND_S)
        self._silent_s = spec.get("gpu_silent_s", _SILENT_S)
        self._due = time.monotonic() + spec.get("gpu_after_s", _AFTER_S)
        self._heard = 0.0
        self._output = -1
        self._buffer = b""
        self._is_wanted = any(os.path.exists(node) for node in spec.get("gpu_nodes", _NODES))

    def poll(self) -> list[dict[str, Any]]:
        """Start the probe when it is due; return what became worse, without waiting."""
        now = time.monotonic()
        if self._is_wanted and now >= self._due:
            self._start()
        found = self._read()
        if self._heard and now - self._heard > self._silent_s:
            self._heard = 0.0
            found.append({"kind": "lost", "gpu": -1, "text": "NVML has not answered for %d s" % self._silent_s})
        for each in found:
            self.trouble = f"{each['kind']}: {each['text']}"
        return found

    def close(self) -> None:
        """Stop listening; the probe ends with its pipe or with the job's processes."""
        if self._output >= 0:
            self._loop.remove_fd(self._output)
            os.close(self._output)
            self._output = -1

    def _start(self) -> None:
        self._is_wanted = False
        self._heard = time.monotonic()  # a probe that hangs at its first question counts, too
        self._output, stdout = os.pipe()
        words = ["-I", "-S", self._program, repr(self._round_s)]
        self.pid = helper_process.spawn(words, stdin=None, stdout=stdout)
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
        if not piece or len(self._buffer) > _MAX_BUFFER:
            self.close()  # there was no driver to ask, or the probe died: the job goes on unwatched
            self._heard = 0.0
            return []
        self._heard = time.monotonic()
        *lines, self._buffer = (self._buffer + piece).split(b"\n")
        for line in lines:
            self.usage = _parse_usage(line) or self.usage
        return [each for line in lines if (each := _parse(line))]


def _parse_usage(line: bytes) -> dict[str, int]:
    """Return the sample in a line, if it is one."""
    try:
        record = json.loads(line)
    except ValueError:
        return {}
    if not isinstance(record, dict) or record.get("kind") != "alive":
        return {}
    return {name: record[name] for name in _USAGE if type(record.get(name)) is int and 0 <= record[name] < _LARGEST}


def _parse(line: bytes) -> dict[str, Any]:
    """Accept only known kinds and plain values."""
    try:
        record = json.loads(line)
    except ValueError:
        return {}
    if not isinstance(record, dict) or record.get("kind") not in KINDS:
        return {}
    gpu = record.get("gpu")
    return {
        "kind": record["kind"],
        "gpu": gpu if isinstance(gpu, int) else -1,
        "text": str(record.get("text", ""))[:_MAX_TEXT],
    }
