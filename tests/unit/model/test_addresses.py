"""Addresses are printed without their login."""

import pytest

from sygaldry.model.addresses import without_login


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://me:pa55@mirror.example.org/files", "http://***@mirror.example.org/files"),
        ("https://token@mirror.example.org", "https://***@mirror.example.org"),
        ("http://me:p@55@mirror.example.org/a@b", "http://***@mirror.example.org/a@b"),
        ("http://mirror.example.org/a@b", "http://mirror.example.org/a@b"),
        ("team/dev@sha256:12", "team/dev@sha256:12"),
        ("", ""),
    ],
)
def test_the_login_of_an_address_is_not_printed(text: str, shown: str) -> None:
    assert without_login(text) == shown
