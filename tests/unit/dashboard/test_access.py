"""Tokens, hosts and origins are compared exactly."""

import pytest

from sygaldry.dashboard.access import Access, is_strong

ACCESS = Access("a-token-of-this-start")


@pytest.mark.parametrize("host", ["127.0.0.1:18900", "localhost:9000", "[::1]:80", "LOCALHOST"])
def test_our_own_names_are_hosts(host: str) -> None:
    assert ACCESS.is_host(host)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil:80", "[", "a@evil:1"])
def test_other_names_are_no_hosts(host: str) -> None:
    assert not ACCESS.is_host(host)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://localhost:1", "null", "file://", "http://localhost:9000.evil.example"]
)
def test_other_origins_are_refused(origin: str) -> None:
    assert not ACCESS.is_origin(origin, "localhost:9000")


def test_our_own_origin_and_programs_without_one_are_accepted() -> None:
    assert ACCESS.is_origin("http://localhost:9000", "localhost:9000")
    assert ACCESS.is_origin("", "localhost:9000")


def test_secrets_differ_from_each_other_and_stay_out_of_the_representation() -> None:
    assert len({ACCESS.token, ACCESS.session, ACCESS.form_token}) == 3
    assert ACCESS.token not in repr(ACCESS)
    assert ACCESS.session not in repr(ACCESS)


def test_each_start_has_a_cookie_of_its_own_name() -> None:
    assert Access("x").cookie != Access("x").cookie


@pytest.mark.parametrize(
    ("token", "strong"), [("short", False), ("a" * 16, True), ("a b" * 16, False), ("é" * 16, False)]
)
def test_a_token_from_a_file_is_long_and_fits_a_header(token: str, strong: bool) -> None:
    assert is_strong(token) is strong
