"""Answers of tools stay within their budgets."""

from sygaldry.mcp_server.budget import CHARACTERS, bounded


def test_a_short_answer_is_left_alone() -> None:
    assert bounded("x" * 30, 10) == "x" * 30


def test_a_long_answer_keeps_its_start_and_more_of_its_end() -> None:
    text = bounded("s" * 10_000 + "e" * 10_000, 100)
    assert len(text) <= 100 * CHARACTERS
    assert text.startswith("s" * 60)
    assert text.endswith("e" * 190)
    assert "characters left out" in text
