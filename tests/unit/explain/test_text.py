"""Raw bytes as a person sees them."""

import pytest

from sygaldry.explain.text import clean, template


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        (b"\x1b[31merror\x1b[0m: x", "error: x"),
        (b"\x1b]8;;http://a\x07link\x1b]8;;\x07", "link"),
        (b" 10%|#  |\r 20%|## |\rdone\r", "done"),
        (b"bad \xff byte", "bad \ufffd byte"),
        (b"nul\x00s", "nuls"),
        (b"2024-05-01T10:00:00.1234567Z   indented", "  indented"),
        (b"#12 3.456 make: *** x", "make: *** x"),
        (b"[rank3]: ValueError: x", "ValueError: x"),
        (b"web_1  | Error: x", "Error: x"),
        (b"12 | let x = 1;", "12 | let x = 1;"),
        (b"##[error]Process completed", "Process completed"),
    ],
)
def test_a_line_is_shown_as_its_tool_meant_it(raw: bytes, seen: str) -> None:
    assert clean(raw) == seen


def test_a_long_line_keeps_both_ends() -> None:
    text = clean(b"begin" + b"x" * 100_000 + b"end")
    assert text.startswith("begin")
    assert text.endswith("end")
    assert len(text) < 1300


def test_lines_that_differ_in_numbers_share_a_template() -> None:
    assert template("step 12 took 0.3 s at 0xbeef") == template("step 7 took 12.9 s at 0xcafe")
    assert template("step 12 failed") != template("step 12 passed")


@pytest.mark.parametrize("code", [0x061C, 0x2028, 0x2029, 0x202E, 0x2066, 0xAD, 0xE0041])
def test_a_character_that_changes_how_a_line_is_shown_is_printed_as_its_code_point(code: int) -> None:
    from sygaldry.explain.text import printable

    shown = f"a<U+{code:04X}>b"
    assert clean(f"a{chr(code)}b".encode()) == shown
    assert printable(f"a{chr(code)}b") == shown


def test_a_name_that_is_not_utf_8_is_printable() -> None:
    from sygaldry.explain.text import printable

    assert printable("bad\udcff.log") == "bad\ufffd.log"
