r"""The one printer: what files, names and logs hold never reaches the terminal as a command.

Control characters, ANSI escapes and bidirectional overrides become visible escapes such as \x1b. Tabs and line ends
are kept.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_BIDIRECTIONAL = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2028, 0x2029, *range(0x2066, 0x206A), 0xFEFF)
_CONTROLS = (*(each for each in range(0x20) if each not in (0x09, 0x0A)), *range(0x7F, 0xA0))
_TABLE = {each: f"\\x{each:02x}" if each < 0x100 else f"\\u{each:04x}" for each in (*_CONTROLS, *_BIDIRECTIONAL)}


def printable(text: str) -> str:
    """Return the text with everything that a terminal would obey, or could not encode, as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_TABLE).encode("utf-8", "backslashreplace").decode("utf-8")


_ERASE_LINE = "\r\x1b[K"
_live_lines = [False]  # whether a live line is on the terminal; anything else erases it first


def draw_live(line: str) -> None:
    """Draw a line that the next one replaces; it is already printable, and fits the terminal."""
    sys.stderr.write(f"{_ERASE_LINE}{line}")
    sys.stderr.flush()
    _live_lines[0] = True


def erase_live() -> None:
    """Erase the live line, if there is one."""
    if _live_lines[0]:
        _live_lines[0] = False
        sys.stderr.write(_ERASE_LINE)
        sys.stderr.flush()


def print_out(*lines: str, flush: bool = False, paint: Callable[[str], str] | None = None) -> None:
    """Print lines to stdout; `paint` adds colour to what is already printable."""
    erase_live()
    plain = (printable(line) for line in lines)
    sys.stdout.writelines(f"{paint(line) if paint else line}\n" for line in plain)
    if flush:
        sys.stdout.flush()


def print_err(*lines: str) -> None:
    """Print lines to stderr."""
    erase_live()
    sys.stderr.writelines(f"{printable(line)}\n" for line in lines)
    sys.stderr.flush()
