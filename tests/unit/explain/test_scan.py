"""The lines of a piece of a log that are worth judging."""

from sygaldry.explain.scan import suspects

_NOISE = b"cc -Werror=format -c part.c\n"


def test_a_word_within_another_is_found_behind_more_lines_of_the_other_than_are_kept() -> None:
    piece = _NOISE * 50 + b"part.c:1:1: error: no such member\n" + _NOISE * 50
    found = suspects(piece, 0, 10, (b"error", b"error:"))
    assert [line.number for line in found] == [*range(1, 11), 51]


def test_a_word_within_another_is_not_searched_again_where_all_lines_were_found() -> None:
    found = suspects(_NOISE * 3 + b"error: two\n", 0, 10, (b"error", b"error:"))
    assert [line.number for line in found] == [1, 2, 3, 4]
