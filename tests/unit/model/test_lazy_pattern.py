"""A lazy pattern behaves as a compiled one."""

import re

import pytest

from sygaldry.model.lazy_pattern import lazy_pattern


def test_it_matches_as_a_compiled_pattern_does() -> None:
    pattern = lazy_pattern(r"(?P<name>\w+)=(\d+)", re.IGNORECASE)
    for _ in range(2):
        found = pattern.search("x: A=12")
        assert found is not None
        assert (found["name"], found[2]) == ("A", "12")
    assert pattern.sub("-", "a=1 b=2") == "- -"
    assert (pattern.pattern, pattern.groups, pattern.flags & re.IGNORECASE) == (
        r"(?P<name>\w+)=(\d+)",
        2,
        re.IGNORECASE,
    )
    assert lazy_pattern(rb"\d+").findall(b"1 22") == [b"1", b"22"]


def test_a_wrong_one_is_reported_at_its_first_use() -> None:
    pattern = lazy_pattern("(")
    with pytest.raises(re.error):
        pattern.match("")
