"""NVIDIA's catalogue of Xid events: what each number means and what NVIDIA advises.

https://docs.nvidia.com/deploy/xid-errors/analyzing-xid-catalog.html , read in October 2025 through the table that
leptonai/gpud generates from it. Numbers that the catalogue calls unused are absent: one that appears is a warning.
"""

from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.severity import Severity


@dataclass(frozen=True)
class XidMeaning:
    """One number: its name, NVIDIA's immediate action, and how much it affects the GPU."""

    name: str
    action: str
    severity: Severity


_APPLICATION: Final = ("restart the program; if it comes again, look for its bug", Severity.INFO)
_IGNORE: Final = ("nothing to do by itself; see the events around it", Severity.INFO)
_WATCH: Final = ("watch the GPU; contact the vendor if it comes again", Severity.WARNING)
_RESET: Final = ("stop what uses the GPU and reset it", Severity.BLOCKS)
_NVLINK: Final = ("check NVLink: nvidia-smi nvlink --status; reset the GPU", Severity.DEGRADES)
_POWER: Final = ("power the machine off and on", Severity.BLOCKS)

_TABLE: Final = (
    (_APPLICATION, {
        8: "GPU stopped processing", 11: "invalid push buffer", 13: "graphics engine exception",
        25: "invalid push buffer", 31: "GPU memory page fault", 32: "invalid push buffer",
        39: "copy engine exception", 40: "copy engine exception", 41: "copy engine exception",
        60: "video processor exception", 68: "video decoder exception", 69: "graphics engine class error",
        70: "copy engine error", 71: "copy engine error", 72: "copy engine error", 75: "copy engine error",
        76: "copy engine error", 77: "copy engine error", 80: "corrupted data sent to the GPU",
        82: "JPEG engine error", 83: "video decoder error", 84: "video decoder error", 85: "copy engine error",
        86: "optical flow engine error", 88: "video decoder error", 89: "video decoder error",
        96: "video decoder error", 97: "video decoder error", 98: "video decoder error",
        **dict.fromkeys(range(99, 106), "JPEG engine error"),
        **dict.fromkeys(range(126, 136), "copy engine error"), 139: "optical flow engine error",
    }),
    (_IGNORE, {
        14: "test event", 37: "firmware method error", 38: "firmware watchdog", 43: "GPU stopped processing",
        44: "fault during a context switch", 45: "clean-up after another error", 66: "illegal access by the driver",
        67: "illegal access by the driver", 106: "test message", 107: "test message",
        108: "NVLink translation error of a peer", 141: "CUDA fast path error", 160: "channel retired",
        162: "power smoothing engaged", 163: "power smoothing disengaged",
    }),
    (_WATCH, {
        78: "vGPU start error", 92: "high rate of corrected memory errors", 93: "InfoROM wear limit",
        121: "error on the link between CPU and GPU", 137: "NVLink privilege error", 142: "video encoder error",
        152: "DLA memory error", 153: "DLA timeout", 157: "resource could not be retired",
        159: "coherent link error", 161: "channel could not be retired", 164: "power smoothing near its end of life",
        165: "power smoothing at its end of life", 166: "traffic before the encrypted link was set up",
        170: "interrupt in confidential computing mode",
    }),
    (_RESET, {
        46: "GPU stopped processing", 48: "double-bit memory error", 62: "internal micro-controller halt",
        64: "memory row remapping failed", 95: "uncontained memory error", 109: "context switch timeout",
        110: "security fault", 119: "GSP does not answer", 120: "GSP error", 136: "link training failed",
        140: "unrecovered memory error", 143: "GPU initialisation error", 155: "NVLink software error",
        156: "resource retired", 158: "fatal timeout", 169: "internal micro-controller halt",
        171: "uncorrectable DRAM error", 172: "uncorrectable SRAM error",
    }),
    (_NVLINK, {74: "NVLink error", **dict.fromkeys(range(144, 151), "NVLink error")}),
    (_POWER, {79: "GPU has fallen off the bus", 167: "fatal PCI Express timeout"}),
    (("connect the auxiliary power cable", Severity.BLOCKS), {54: "auxiliary power is not connected"}),
    (("restart the virtual machine", Severity.BLOCKS), {151: "key rotation error"}),
    (("reset the GPU at a quiet hour", Severity.WARNING), {63: "a memory row will be remapped"}),
    (("restart the program; reset the GPU at a quiet hour", Severity.DEGRADES), {94: "contained memory error"}),
    (("do what the line says", Severity.BLOCKS), {154: "recovery action changed"}),
    (("contact the vendor", Severity.DEGRADES), {168: "reduced memory capacity"}),
)  # fmt: skip

CATALOGUE: Final = {
    number: XidMeaning(name, action, severity) for (action, severity), names in _TABLE for number, name in names.items()
}


def meaning(number: int) -> XidMeaning:
    """Return what a number means; an unknown one is a warning, never nothing."""
    return CATALOGUE.get(number, XidMeaning("not in NVIDIA's catalogue", _WATCH[0], Severity.WARNING))
