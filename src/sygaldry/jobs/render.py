"""Render log lines as a terminal would show them, without escape sequences."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

LONGEST: Final = 400  # characters of a rendered line
PIECE: Final = 1 << 16
_ESCAPE: Final = re.compile(
    r"\x1b(?:\[[0-9;:?<=>]{0,40}[ -/]{0,4}[@-~]|[\]PX^_][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)?|[ -/]{0,4}[0-~])"
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")
_LONG_LINE: Final = 1 << 16  # bytes of a line that are rendered


def render_line(raw: bytes) -> str:
    """Render one line: overwritten text and escape sequences are removed, binary is reported by its size."""
    clipped = raw[:_LONG_LINE]
    if clipped.count(b"\0") * 10 > len(clipped):
        return f"[binary {len(raw)} bytes]"
    text = _ESCAPE.sub("", clipped.decode("utf-8", "replace"))
    text = _overwritten(text)
    text = _CONTROL.sub("", _backspaced(text) if "\b" in text else text)
    more = len(raw) - len(clipped)
    if len(text) > LONGEST or more:
        return f"{text[:LONGEST]}... [{len(text) - min(len(text), LONGEST) + more} more]"
    return text


def _overwritten(text: str) -> str:
    """Return the last part that is not blank: a carriage return starts the line anew."""
    parts = [part for part in text.split("\r") if part.strip()]
    return parts[-1] if parts else ""


def _backspaced(text: str) -> str:
    kept: list[str] = []
    for each in text:
        if each == "\b":
            if kept:
                kept.pop()
        else:
            kept.append(each)
    return "".join(kept)


def lines_of(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Cut chunks into lines; of a very long line only the rendered part is kept."""
    held = b""
    skipped = 0
    for piece in pieces:
        *whole, rest = piece.split(b"\n")
        for each in whole:
            yield _joined(held, each, skipped)
            held, skipped = b"", 0
        room = max(2 * _LONG_LINE - len(held), 0)
        skipped += max(len(rest) - room, 0)
        held += rest[:room]
    if held:
        yield _joined(held, b"", skipped)


def _joined(held: bytes, end: bytes, skipped: int) -> bytes:
    # Skipped bytes only count as length; zeros would look like binary.
    return held + end + b" " * min(skipped, 1 << 20)


def newest_lines(raw: bytes, count: int) -> list[bytes]:
    """Return the last lines of the end of a log."""
    lines = raw.split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    return lines[-count:] if count else []
