"""A log is shown as a person would have seen it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sygaldry.jobs.render import lines_of, newest_lines, render_line


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain", "plain"),
        (b"\x1b[1;31merror\x1b[0m: x", "error: x"),
        (b"\x1b]0;title\x07text", "text"),
        (b" 10%\r 50%\r100%", "100%"),
        (b"100%\r\r", "100%"),
        (b"windows\r", "windows"),
        (b"abc\b\bX", "aX"),
        (b"caf\xc3\xa9 \xff", "café \ufffd"),
        (b"a\tb", "a\tb"),
        (b"bell\x07 \x1b[2Jgone\x1b[?25l", "bell gone"),
        (b"one \0 nul in a long enough line", "one  nul in a long enough line"),
        (b"\0" * 4096, "[binary 4096 bytes]"),
        (b"", ""),
    ],
)
def test_a_line_is_rendered(raw: bytes, text: str) -> None:
    assert render_line(raw) == text


def test_a_long_line_is_clipped_and_says_so() -> None:
    assert render_line(b"x" * 1000) == "x" * 400 + "... [600 more]"
    assert render_line(b"x" * (64 << 20)).startswith("x" * 400)


@given(st.binary())
def test_no_control_character_comes_through(raw: bytes) -> None:
    assert all(each == "\t" or each >= " " for each in render_line(raw))


@given(st.lists(st.binary(max_size=9)))
def test_lines_do_not_depend_on_the_pieces(pieces: list[bytes]) -> None:
    whole = b"".join(pieces).split(b"\n")
    assert list(lines_of(pieces)) == (whole if whole[-1] else whole[:-1])


def test_a_line_without_an_end_is_not_held_whole() -> None:
    (line,) = lines_of(b"y" * 65536 for _ in range(64))
    assert len(line) < 2 << 20


def test_the_last_lines_are_taken_from_the_end() -> None:
    assert newest_lines(b"a\nb\nc\n", 2) == [b"b", b"c"]
    assert newest_lines(b"a\nb", 5) == [b"a", b"b"]
    assert newest_lines(b"a\n", 0) == []
