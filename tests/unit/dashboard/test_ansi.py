"""A log line becomes pieces of text with style names."""

import pytest

from sygaldry.dashboard.ansi import LONGEST, Piece, pieces, plain


def test_colours_become_style_names() -> None:
    assert pieces(b"a \x1b[1;31mred\x1b[0m b") == (Piece("a "), Piece("red", "bold fg-red"), Piece(" b"))


def test_palette_and_rgb_colours_become_the_nearest_name() -> None:
    assert pieces(b"\x1b[38;5;196mx\x1b[48;2;0;255;0my") == (Piece("x", "fg-red"), Piece("y", "bg-green fg-red"))


def test_an_overwritten_line_shows_what_a_terminal_would_show() -> None:
    assert plain(b" 10 %\r 20 %\r\x1b[K") == " 20 %"


@pytest.mark.parametrize(
    "raw",
    [
        b"\x1b]0;title\x07x",
        b"\x1b[2J\x1b[Hx",
        b"\x1bPq\x1b\\x",
        b"\x1b]8;;http://evil\x1b\\x",
        b"\xc2\x9bx",
        b"x\x00\x08",
    ],
)
def test_other_escape_sequences_are_removed(raw: bytes) -> None:
    assert plain(raw + b"." * 20) == "x" + "." * 20


def test_marks_that_reorder_text_are_removed() -> None:
    assert plain("a\u202egnp.exe".encode()) == "agnp.exe"


def test_a_line_of_a_megabyte_is_clipped() -> None:
    text = plain(b"x" * 1_000_000)
    assert len(text) < LONGEST + 100
    assert text.endswith("[line of 1000000 bytes, clipped]")


def test_binary_is_reported_by_its_size() -> None:
    assert plain(bytes(1000)) == "[binary 1000 bytes]"
