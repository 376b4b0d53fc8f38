"""Answers cut to their length."""

import pytest

from sygaldry.explain.fit import fit
from sygaldry.explain.format_answer import count_tokens

LINES = ("exited 2: it is broken", "10: one two three four", "also:", "11: " + "word " * 60)


@pytest.mark.parametrize("tokens", [3, 5, 12, 20, 40, 100])
def test_no_answer_is_longer_than_its_budget(tokens: int) -> None:
    lines = fit(LINES, tokens)
    assert lines
    assert count_tokens("\n".join(lines)) <= max(tokens, 6)


def test_an_answer_that_fits_is_left_alone() -> None:
    assert fit(LINES, 500) == LINES


def test_a_label_is_not_the_last_line() -> None:
    assert fit(LINES, 22)[-1] == "10: one two three four"


def test_a_line_loses_its_middle_before_it_is_left_out() -> None:
    last = fit(("head", "1: begin " + "x " * 80 + "end"), 30)[-1]
    assert last.startswith("1: begin")
    assert last.endswith("end")
