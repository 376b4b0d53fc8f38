"""The kernel's messages about its GPUs since it started: Xid events and the driver's errors."""

import re
from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Probe, Run
from sygaldry.gpu.recording import Recording
from sygaldry.gpu.unknown import CouldNotCheckError

# As in: NVRM: Xid (PCI:0000:9b:00): 119, pid=2024380, name=nvidia-smi, Timeout after 6s of waiting
_XID: Final = re.compile(r"NVRM: Xid \(PCI:([0-9a-fA-F:.]+)[^)]*\): (\d+), ?(.*)")
_LOADING: Final = "NVRM: loading NVIDIA UNIX"
_TOLD: Final = re.compile(
    r"NVRM|Xid|nouveau|nvidia|nv-hostengine|NVSwitch|module verification|Key was rejected|unsigned module"
    r"|blocked for more than|PM: suspend|suspend exit",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Xid:
    """One error event; `line` is its place in the log."""

    address: str
    number: int
    text: str
    line: int


@dataclass(frozen=True)
class KernelLog:
    """The lines that have to do with GPUs, oldest first."""

    lines: tuple[str, ...]
    xids: tuple[Xid, ...]  # since the module was last loaded; older ones are history, a reload resets the GPU

    def saying(self, *parts: str) -> tuple[str, ...]:
        """Return the lines that hold one of the parts."""
        return tuple(line for line in self.lines if any(part in line for part in parts))


def about_gpus(text: str) -> str:
    """Keep the lines that have to do with GPUs, and with what keeps them from working."""
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines() if _TOLD.search(line))


def parse(recording: Recording) -> KernelLog:
    """Read dmesg, or the journal of this boot if dmesg is denied."""
    lines = tuple(about_gpus(_text(recording)).splitlines())
    loads = [number for number, line in enumerate(lines) if _LOADING in line]
    found = ((number, _XID.search(line)) for number, line in enumerate(lines) if number > max(loads, default=-1))
    return KernelLog(
        lines,
        tuple(Xid(hit.group(1).lower(), int(hit.group(2)), hit.group(3), number) for number, hit in found if hit),
    )


def _text(recording: Recording) -> str:
    reasons = []
    for name in ("dmesg", "journal"):
        try:
            answer = recording.output(name)
        except CouldNotCheckError as error:
            reasons.append(str(error))
            continue
        if answer is not None and answer.code == 0:
            return answer.out
        reasons.append(f"{name}: {_why(answer.err) if answer else 'not there'}")
    raise CouldNotCheckError(f"the kernel log could not be read ({'; '.join(reasons)}); try again with sudo")


def _why(error: str) -> str:
    lines = error.strip().splitlines()
    return lines[-1] if lines else "empty"


PROBE: Final = Probe(
    "Kernel log",
    (
        Run("dmesg", ("dmesg", "--ctime")),
        Run("journal", ("journalctl", "--dmesg", "--boot", "--no-pager", "--quiet", "--lines", "20000")),
    ),
    parse,
)
