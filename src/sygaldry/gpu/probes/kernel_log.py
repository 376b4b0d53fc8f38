"""The kernel's messages about its GPUs since it started: Xid events and the driver's errors."""

import re
from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Probe, Run
from sygaldry.gpu.recording import Recording
from sygaldry.gpu.unknown import CouldNotCheckError

# As in: NVRM: Xid (PCI:0000:9b:00): 119, pid=2024380, name=nvidia-smi, Timeout after 6s of waiting
_XID: Final = re.compile(r"NVRM: Xid \(PCI:([0-9a-fA-F:.]+)[^)]*\): (\d+), ?(.*)")
# As in: nvidia-nvswitch3: SXid (PCI:0000:86:00.0): 20034, Fatal, Link 28 LTSSM Fault Up
_SXID: Final = re.compile(r"SXid \(PCI:([0-9a-fA-F:.]+)\): (\d+), ?(.*)")
_PREFIX: Final = re.compile(r"^.*?NVRM:\s*")
_LOADING: Final = "NVRM: loading NVIDIA UNIX"
_TOLD: Final = re.compile(
    r"NVRM|Xid|nouveau|nvidia|nv-hostengine|NVSwitch|module verification|Key was rejected|unsigned module"
    r"|blocked for more than|PM: suspend|suspend exit|nvc:\[",
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
    sxids: tuple[Xid, ...] = ()  # errors of NVSwitches
    sentences: tuple[str, ...] = ()  # consecutive lines of the driver as one: it breaks its sentences
    before: tuple[Xid, ...] = ()  # of the boot before this one

    def saying(self, *parts: str) -> tuple[str, ...]:
        """Return the lines that hold one of the parts, or the sentences over several lines that do."""
        lines = tuple(line for line in self.lines if any(part in line for part in parts))
        return lines or tuple(each for each in self.sentences if any(part in each for part in parts))


def about_gpus(text: str) -> str:
    """Keep the lines that have to do with GPUs, and with what keeps them from working."""
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines() if _TOLD.search(line))


def parse(recording: Recording) -> KernelLog:
    """Read dmesg, or the journal of this boot if dmesg is denied."""
    lines = tuple(about_gpus(_text(recording)).splitlines())
    loads = [number for number, line in enumerate(lines) if _LOADING in line]
    last_load = max(loads, default=-1)
    return KernelLog(
        lines,
        _events(_XID, lines, after=last_load),
        _events(_SXID, lines, after=last_load),
        _sentences(lines),
        _events(_XID, tuple(about_gpus(_previous(recording)).splitlines())),
    )


def _events(pattern: re.Pattern[str], lines: tuple[str, ...], *, after: int = -1) -> tuple[Xid, ...]:
    found = ((number, pattern.search(line)) for number, line in enumerate(lines) if number > after)
    return tuple(Xid(hit.group(1).lower(), int(hit.group(2)), hit.group(3), number) for number, hit in found if hit)


def _sentences(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Join consecutive lines of the driver that begin no event of their own."""
    joined: list[list[str]] = []
    for line in lines:
        text, is_driver = _PREFIX.subn("", line)
        if is_driver and joined and joined[-1][0] == "NVRM" and "Xid (" not in text:
            joined[-1].append(text.strip())
        else:
            joined.append(["NVRM" if is_driver else "", text.strip()])
    return tuple(f"{head}: {' '.join(rest)}" for head, *rest in joined if head and len(rest) > 1)


def _previous(recording: Recording) -> str:
    """Return the log of the boot before this one, empty where there is none: a reset may have ended it."""
    try:
        answer = recording.output("journal-previous")
    except CouldNotCheckError:
        return ""
    return answer.out if answer is not None and answer.code == 0 else ""


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
        Run("journal-previous", ("journalctl", "--dmesg", "--boot", "-1", "--no-pager", "--quiet", "--lines", "5000")),
        Run("journal", ("journalctl", "--dmesg", "--boot", "--no-pager", "--quiet", "--lines", "20000")),
    ),
    parse,
)
