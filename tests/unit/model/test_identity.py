"""The passwd and group that the environment sees."""

from sygaldry.model.identity import group, passwd
from sygaldry.model.workspace import Identity


def first_named(text: str, column: int, number: int) -> str:
    rows = [line.split(":") for line in text.splitlines()]
    return next(row[0] for row in rows if row[column] == str(number))


def test_the_caller_is_kvothe_whatever_the_number() -> None:
    for uid in (0, 1, 1000, 65534, 2**31):
        assert first_named(passwd(Identity(uid, 5)), 2, uid) == "kvothe"


def test_the_callers_group_is_kvothe_even_where_the_system_has_one_of_that_number() -> None:
    assert first_named(group(Identity(1000, 100)), 2, 100) == "kvothe"


def test_further_groups_have_names_and_the_caller_in_them() -> None:
    lines = group(Identity(1000, 1000, (1000, 27, 4242))).splitlines()
    assert "sudo:x:27:kvothe" in lines
    assert "group4242:x:4242:kvothe" in lines
    assert "kvothe:x:1000:" in lines


def test_every_line_has_its_fields() -> None:
    assert {line.count(":") for line in passwd(Identity(7, 8)).splitlines()} == {6}
    assert {line.count(":") for line in group(Identity(7, 8, (9,))).splitlines()} == {3}
