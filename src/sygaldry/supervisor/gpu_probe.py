"""Ask NVML about the GPUs again and again, in a process of its own: a driver that hangs takes only this one with it.

    python3 -I -S gpu_probe.py [SECONDS]

Prints one JSON line a round: {"kind": "alive"}, and before it one for each thing that became worse: lost, xid, ecc,
throttle. Standard library only; the library of NVML comes with the driver.
"""

from __future__ import annotations

import ctypes
import json
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Record = dict[str, Any]

_SUCCESS = 0
_TIMEOUT = 10
_LOST = (15, 16)  # GPU is lost, reset required
_XID_EVENTS = 0x8
_HARDWARE_THROTTLE = 0x08 | 0x40 | 0x80  # slowdown, thermal, power brake
_UNCORRECTED, _VOLATILE = 1, 0
_MOST_GPUS = 64


class EventData(ctypes.Structure):
    """nvmlEventData_t: for Xid events `data` is the number."""

    _fields_ = (
        ("device", ctypes.c_void_p),
        ("type", ctypes.c_ulonglong),
        ("data", ctypes.c_ulonglong),
        ("instance", ctypes.c_uint),
        ("compute", ctypes.c_uint),
    )


class Utilization(ctypes.Structure):
    """nvmlUtilization_t: percent of the last sample period."""

    _fields_ = (("gpu", ctypes.c_uint), ("memory", ctypes.c_uint))


class Memory(ctypes.Structure):
    """nvmlMemory_t, in bytes."""

    _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong))


class Probe:
    """What one process knows of the GPUs between two rounds."""

    def __init__(self, library: Any) -> None:  # noqa: ANN401 - a loaded library
        self.nvml = library
        self.handles: list[tuple[int, ctypes.c_void_p]] = []
        self.ecc: dict[int, int] = {}
        self.lost: set[int] = set()
        self.slowed: set[int] = set()
        self.events = ctypes.c_void_p()

    def start(self) -> int:
        """Begin; returns NVML's code."""
        code = int(self.nvml.nvmlInit_v2())
        if code != _SUCCESS:
            return code
        count = ctypes.c_uint()
        code = int(self.nvml.nvmlDeviceGetCount_v2(ctypes.byref(count)))
        for index in range(min(count.value, _MOST_GPUS)):
            handle = ctypes.c_void_p()
            if self.nvml.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(handle)) == _SUCCESS:
                self.handles.append((index, handle))
                self.ecc[index] = self._errors(handle)[1]
        if self.nvml.nvmlEventSetCreate(ctypes.byref(self.events)) == _SUCCESS:
            for _, handle in self.handles:
                self.nvml.nvmlDeviceRegisterEvents(handle, ctypes.c_ulonglong(_XID_EVENTS), self.events)
        return code

    def round(self) -> Iterator[Record]:
        """Ask each GPU once; yields what became worse."""
        for index, handle in self.handles:
            code, errors = self._errors(handle)
            yield from self._losses(index, handle, code)
            if errors > self.ecc[index]:
                yield {
                    "kind": "ecc",
                    "gpu": index,
                    "text": "%d uncorrectable memory errors" % (errors - self.ecc[index]),
                }
                self.ecc[index] = errors
            yield from self._throttling(index, handle)

    def _losses(self, index: int, handle: ctypes.c_void_p, code: int) -> Iterator[Record]:
        minor = ctypes.c_uint()
        answers = (code, self.nvml.nvmlDeviceGetMinorNumber(handle, ctypes.byref(minor)))
        bad = [each for each in answers if each in _LOST]
        if bad and index not in self.lost:
            self.lost.add(index)
            yield {"kind": "lost", "gpu": index, "text": "NVML answers %d" % bad[0]}

    def _throttling(self, index: int, handle: ctypes.c_void_p) -> Iterator[Record]:
        reasons = ctypes.c_ulonglong()
        if self.nvml.nvmlDeviceGetCurrentClocksThrottleReasons(handle, ctypes.byref(reasons)) != _SUCCESS:
            return
        hot = reasons.value & _HARDWARE_THROTTLE
        if hot and index not in self.slowed:
            yield {"kind": "throttle", "gpu": index, "text": "the hardware lowers the clocks (%#x)" % hot}
        (self.slowed.add if hot else self.slowed.discard)(index)

    def _errors(self, handle: ctypes.c_void_p) -> tuple[int, int]:
        count = ctypes.c_ulonglong()
        code = self.nvml.nvmlDeviceGetTotalEccErrors(handle, _UNCORRECTED, _VOLATILE, ctypes.byref(count))
        return code, count.value if code == _SUCCESS else 0

    def usage(self) -> Record:
        """Return how busy the GPUs are, on average, and the memory used on all of them; nothing where it is unknown."""
        percents, used = [], []
        for _, handle in self.handles:
            rates, memory = Utilization(), Memory()
            if self.nvml.nvmlDeviceGetUtilizationRates(handle, ctypes.byref(rates)) == _SUCCESS:
                percents.append(rates.gpu)
            if self.nvml.nvmlDeviceGetMemoryInfo(handle, ctypes.byref(memory)) == _SUCCESS:
                used.append(memory.used)
        found = {"gpu_percent": sum(percents) // len(percents)} if percents else {}
        return {**found, "gpu_bytes": sum(used)} if used else found

    def wait(self, seconds: float) -> Iterator[Record]:
        """Wait for Xid events; yields them."""
        ends = time.monotonic() + seconds
        while self.events.value and time.monotonic() < ends:
            data = EventData()
            left = max(int((ends - time.monotonic()) * 1000), 1)
            code = self.nvml.nvmlEventSetWait_v2(self.events, ctypes.byref(data), left)
            if code == _SUCCESS:
                yield {"kind": "xid", "gpu": self._index(data.device), "text": "Xid %d" % data.data}
            elif code != _TIMEOUT:
                break
        time.sleep(max(ends - time.monotonic(), 0))

    def _index(self, device: int) -> int:
        return next((index for index, handle in self.handles if handle.value == device), -1)


def emit(**record: Any) -> None:  # noqa: ANN401 - plain values
    """Print one line."""
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


def _usage(probe: Probe) -> Record:
    try:
        return probe.usage()
    except AttributeError:  # an old library without these functions
        return {}


def main(seconds: float) -> None:
    """Ask until the reader is gone."""
    try:
        probe = Probe(ctypes.CDLL("libnvidia-ml.so.1"))
        code = probe.start()
    except (OSError, AttributeError):
        return  # no driver library in here: nothing to watch
    if code != _SUCCESS:
        return  # it did not work before the job either; the gate has reported that
    while True:
        for record in probe.round():
            emit(**record)
        emit(kind="alive", **_usage(probe))
        for record in probe.wait(seconds):
            emit(**record)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 15.0)
