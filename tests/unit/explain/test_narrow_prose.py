"""Paragraphs that were wrapped at the width of a narrow console."""

from sygaldry import explain
from sygaldry.diagnosis import Facts, Line, Memory, Window
from sygaldry.explain.narrow_prose import with_joined_prose

NARROW = """\
  × No solution found
  │ when resolving
  │ dependencies:
  ╰─▶ Because only
      gears<=2 is
      available and
      your project
      depends on
      gears>=3, we can
      conclude that
      your project's
      requirements are
      unsatisfiable.
"""


def window(text: str) -> Window:
    return Window([Line(number, 0, line) for number, line in enumerate(text.splitlines(), 1)], 0)


def test_the_headline_holds_the_whole_reason_of_a_resolver() -> None:
    cause = explain.explain(Memory(NARROW.encode()), Facts(1))
    assert cause is not None
    assert "gears<=2 is available and your project depends on gears>=3" in cause.says


def test_joined_lines_keep_their_numbers() -> None:
    joined = with_joined_prose(window(NARROW))
    assert [line.number for line in joined.lines] == list(range(1, 14))
    assert joined.lines[0].text == "  × No solution found when resolving dependencies:"
    assert joined.lines[1].text == ""


def test_a_word_that_is_longer_than_the_console_stands_alone() -> None:
    text = "error: the folder\n       /very/long/name/of/a/folder/that/is\n       missing here and\n       elsewhere\n"
    assert with_joined_prose(window(text)).lines[0].text.endswith("that/is missing here and elsewhere")


def test_lists_and_wide_lines_stay_as_they_are() -> None:
    listing = "error: these are bad:\n       a b\n       c d\n       e f\n"
    wide = f"error: {'words ' * 12}\n       {'words ' * 11}\n"
    for text in (listing, wide):
        assert with_joined_prose(window(text)) == window(text)
