"""JSON with comments and trailing commas."""

import time

import pytest

from sygaldry.config.jsonc import parse

_TEXT = """\ufeff// first
{
  "a": "// text", /* "b": 1, */
  "c": ["/* text */", 1, // last
  ],
  "d": {"e": "\\"quote, ]\\"",},  /* over
  two lines */
}
"""


def test_comments_and_trailing_commas_are_left_out_and_strings_are_kept() -> None:
    assert parse(_TEXT) == {"a": "// text", "c": ["/* text */", 1], "d": {"e": '"quote, ]"'}}


def test_an_error_has_the_line_of_the_file() -> None:
    with pytest.raises(ValueError, match="line 4 column 1"):
        parse("{ // one\n/* two\n three */\nnonsense}")


@pytest.mark.parametrize("text", ["", "{", '{"a": "open', "/* open", '{"a": 1,, }', '{"a" 1}', '"\\', "//"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="line 1"):
        parse(text)


@pytest.mark.parametrize("part", ['"', '\\"', "/*", "//", ",", ", ", "[", "\n", "/* */", '"\\', '{"'])
def test_a_hostile_text_takes_linear_time(part: str) -> None:
    started = time.process_time()
    with pytest.raises((ValueError, RecursionError)):
        parse(part * (2**18 // len(part)))
    assert time.process_time() - started < 10, "a quadratic parser needs hours"
