"""Split a raw log line into pieces of text with style names; every other escape sequence is removed."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

LONGEST: Final = 4000  # characters of a line on a page
_CLIPPED: Final = 1 << 16  # bytes of a line that are looked at
_ESCAPE: Final = re.compile(
    r"\x1b(?:\[(?P<sgr>[0-9;:]{0,60})m|\[[0-9;:?<=>]{0,40}[ -/]{0,4}[@-~]"
    r"|[\]PX^_][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)?|[ -/]{0,4}[0-~])"
)
# Control characters, and the marks that reorder text or hide it.
# Also halves of surrogate pairs, which stand for bytes that are no UTF-8 and have no encoding.
CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NAMES: Final = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_FLAGS: Final = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 9: "strike"}
_OFF: Final = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 29: ("strike",)}
_CUBE_STEP: Final = 3  # of six: the upper half of the colour cube counts as lit


class Piece(NamedTuple):
    """Text in one style; `style` holds names of CSS classes."""

    text: str
    style: str = ""


def pieces(raw: bytes) -> tuple[Piece, ...]:
    """Return a line as a terminal would show it, in pieces of one style each, clipped to a length."""
    clipped = raw[:_CLIPPED]
    if clipped.count(b"\0") * 10 > len(clipped):
        return (Piece(f"[binary {len(raw)} bytes]", "dim"),)
    found: list[Piece] = []
    style: dict[str, str] = {}
    left = LONGEST
    for text, sgr in _runs(_visible_part(clipped.decode("utf-8", "replace"))):
        shown = CONTROL.sub("", text)[:left]
        if shown:
            found.append(Piece(shown, " ".join(sorted(style.values()))))
            left -= len(shown)
        if sgr is not None:
            _apply(sgr, style)
    more = len(raw) - len(clipped)
    if not left or more:
        found.append(Piece(f" … [line of {len(raw)} bytes, clipped]", "dim"))
    return tuple(found)


def plain(raw: bytes) -> str:
    """Return a line without styles."""
    return "".join(piece.text for piece in pieces(raw))


def _visible_part(text: str) -> str:
    """Return the last part that is not blank: a carriage return starts the line anew."""
    parts = [part for part in text.split("\r") if _ESCAPE.sub("", part).strip()]
    return parts[-1] if parts else ""


def _runs(text: str) -> list[tuple[str, str | None]]:
    """Cut text at its escape sequences; each part comes with the style sequence that follows it, if it is one."""
    found: list[tuple[str, str | None]] = []
    at = 0
    for match in _ESCAPE.finditer(text):
        found.append((text[at : match.start()], match["sgr"]))
        at = match.end()
    found.append((text[at:], None))
    return found


def _apply(sgr: str, style: dict[str, str]) -> None:
    codes = [int(word) if word.isdigit() and len(word) < 4 else 0 for word in re.split("[;:]", sgr)]
    while codes:
        code = codes.pop(0)
        if code in (38, 48):
            colour = _extended(codes)
            if colour:
                style["fg" if code == 38 else "bg"] = f"{'fg' if code == 38 else 'bg'}-{colour}"
        else:
            _apply_code(code, style)


def _apply_code(code: int, style: dict[str, str]) -> None:
    if code == 0:
        style.clear()
    elif code in _FLAGS:
        style[_FLAGS[code]] = _FLAGS[code]
    elif code in _OFF:
        for name in _OFF[code]:
            style.pop(name, None)
    elif code in (39, 49):
        style.pop("fg" if code == 39 else "bg", None)
    elif 30 <= code <= 37 or 90 <= code <= 97:
        style["fg"] = f"fg-{_NAMES[code % 10]}"
    elif 40 <= code <= 47 or 100 <= code <= 107:
        style["bg"] = f"bg-{_NAMES[code % 10]}"


def _extended(codes: list[int]) -> str:
    """Take a colour of the palette or an RGB colour off the list; return the nearest of the eight names."""
    kind = codes.pop(0) if codes else 0
    if kind == 5 and codes:
        return _of_palette(codes.pop(0))
    if kind == 2 and len(codes) >= 3:
        red, green, blue = codes.pop(0), codes.pop(0), codes.pop(0)
        return _NAMES[(red > 127) + 2 * (green > 127) + 4 * (blue > 127)]
    return ""


def _of_palette(number: int) -> str:
    if number < 16:
        return _NAMES[number % 8]
    if number >= 232:
        return "white" if number >= 244 else "black"
    cube = number - 16
    red, green, blue = cube // 36, cube // 6 % 6, cube % 6
    return _NAMES[(red >= _CUBE_STEP) + 2 * (green >= _CUBE_STEP) + 4 * (blue >= _CUBE_STEP)]
