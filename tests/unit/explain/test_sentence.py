"""The sentence of an answer holds the message itself: a reader of the first line alone learns the cause."""

import pytest

from sygaldry import explain
from sygaldry.diagnosis import Facts, Line, Memory
from sygaldry.explain.sentence import sentence


def lines(*texts: str) -> list[Line]:
    return [Line(number, 0, text) for number, text in enumerate(texts, 1)]


@pytest.mark.parametrize(
    ("says", "texts", "expected"),
    [
        ("", ("E   assert 3 == 7",), "assert 3 == 7"),
        ("", ("______ test_a ______", "E   assert 3 == 7"), "assert 3 == 7"),
        ("", ("5.210 boom: it is off",), "boom: it is off"),
        ("", ("errors found:", "  x is 3, not 4"), "errors found: x is 3, not 4"),
        ("a.c:7:3 does not compile", ("a.c:7:3: error: 'k' undeclared",), "a.c:7:3 does not compile: 'k' undeclared"),
        ("the module orb is not installed", ("ImportError: No module named 'orb'",), "the module orb is not installed"),
        ("it stops", ("error: ",), "it stops"),
    ],
)  # fmt: skip
def test_the_message_follows_what_a_rule_says_unless_it_is_there(
    says: str, texts: tuple[str, ...], expected: str
) -> None:
    every = lines(*texts)
    assert sentence(says, every[0], every) == expected


def test_a_long_message_loses_its_middle() -> None:
    (line,) = lines("error: " + "x" * 500 + " the end")
    assert sentence("", line, [line]).endswith("the end")
    assert len(sentence("", line, [line])) <= 180


def test_the_first_line_of_an_answer_names_the_cause_of_a_failed_compilation() -> None:
    log = b"[3/9] gcc -c a.c\na.c:7:3: error: 'struct job' has no member named 'nmae'\nmake: *** [all] Error 2\n"
    cause = explain.explain(Memory(log), Facts(2))
    assert cause is not None
    assert "has no member named 'nmae'" in explain.answer(cause, 200)[0]
    assert "has no member named 'nmae'" in cause.says
