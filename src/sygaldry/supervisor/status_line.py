"""The status line: one line, at most 300 bytes (we use 216), read by people, agents and shell loops.

`<WORD> job=J run=R ts=T state=S rc=N up=2h14m ... step=free text to the end`
"""

from __future__ import annotations

import re

MOST = 216  # bytes: about 60 tokens; the promise is 300
NEWEST = 2048  # bytes of a log that hold its last line
_ESCAPES = re.compile(rb"\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|.)")
_LAST_SIGNAL = 64
_FINAL = ("FAILED", "STOPPED", "TIMEOUT", "OOM", "LOST")


def word_of(state: str) -> str:
    """Return the first word: START, PROGRESS, DONE or FAILED."""
    if state == "DONE":
        return "DONE"
    if state in _FINAL:
        return "FAILED"
    return "START" if state in ("QUEUED", "START") else "PROGRESS"


def status_line(fields: dict[str, str], step: str = "") -> str:
    """Format the line. The step is clipped to fit; then optional fields are left out, last first."""
    names = [name for name, value in fields.items() if value != ""]
    while True:
        words = [word_of(str(fields["state"]))] + [f"{name}={_word(fields[name])}" for name in names]
        line = " ".join(words)
        if len(line.encode()) < MOST or len(names) <= 5:
            break
        names.pop()
    text = _plain(step)
    room = MOST - 1 - len(line.encode()) - len(" step=")
    clipped = text.encode()[: max(room, 0)].decode("utf-8", "ignore").rstrip()
    return (line + (f" step={clipped}" if clipped else "")).encode()[: MOST - 1].decode("utf-8", "ignore") + "\n"


def ended_with(code: int) -> str:
    """Describe an exit code; only a valid signal number is reported as a signal."""
    return f"killed by signal {code - 128}" if 128 < code <= 128 + _LAST_SIGNAL else f"exited {code}"


def duration(seconds: float) -> str:
    """Format a duration: 45s, 3m20s, 2h14m, 3d4h."""
    whole = max(int(seconds), 0)
    for unit, small, size, part in (("d", "h", 86400, 3600), ("h", "m", 3600, 60), ("m", "s", 60, 1)):
        if whole >= size:
            return f"{whole // size}{unit}{whole % size // part}{small}"
    return f"{whole}s"


def estimate(low_s: object, high_s: object, total: object) -> str:
    """Format the remaining time: a range such as 10m0s-25m0s until it is narrow; empty if nothing has a total."""
    if not isinstance(low_s, (int, float)) or not isinstance(high_s, (int, float)):
        return "unknown" if total else ""
    low, high = duration(low_s), duration(high_s)
    return low if low == high or high_s <= low_s * 1.25 + 5 else f"{low}-{high}"


def size(size_bytes: float) -> str:
    """Format a size in a few characters: 812B, 38.1M."""
    for unit in ("B", "K", "M", "G"):
        if size_bytes < 1000:
            return f"{size_bytes:.0f}{unit}" if unit == "B" or size_bytes >= 100 else f"{size_bytes:.1f}{unit}"
        size_bytes /= 1024
    return f"{size_bytes:.1f}T"


def _word(value: object) -> str:
    return "".join(each if each.isprintable() and each != " " else "_" for each in str(value))[:100] or "-"


def _plain(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:160]


def visible_line(raw: bytes) -> str:
    """Return the newest line that is not blank, as a terminal would show it."""
    for line in reversed(re.split(rb"[\r\n]+", _ESCAPES.sub(b"", raw[-NEWEST:]))):
        text = line.replace(b"\0", b"").strip()
        if text:
            return text[-200:].decode("utf-8", "replace")
    return ""
