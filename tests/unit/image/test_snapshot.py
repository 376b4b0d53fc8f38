"""Snapshots: the address of a mirror at a time, and what a Release file says."""

import pytest

from sygaldry.image.base import Archive, mmdebstrap
from sygaldry.image.snapshot import Release, mirror_at, parse_release, time_in
from sygaldry.model.errors import UsageError

TIME = "20261101T000000Z"
# The head of http://deb.debian.org/debian/dists/bookworm/Release on 2026-11-28.
RELEASE = """\
Origin: Debian
Label: Debian
Suite: oldstable
Version: 12.12
Codename: bookworm
Date: Sat, 06 Sep 2025 10:11:12 UTC
Acquire-By-Hash: yes
"""


def test_the_address_of_a_snapshot() -> None:
    assert mirror_at("", "bookworm", TIME) == f"http://snapshot.debian.org/archive/debian/{TIME}"
    assert mirror_at("", "noble", TIME) == f"https://snapshot.ubuntu.com/ubuntu/{TIME}"
    assert mirror_at("http://m/{snapshot}/debian", "bookworm", TIME) == f"http://m/{TIME}/debian"
    assert mirror_at("http://m/debian", "bookworm", "") == "http://m/debian"
    assert time_in(f"http://m/{TIME}/debian") == TIME
    assert time_in("http://m/debian") == ""


@pytest.mark.parametrize(
    ("mirror", "time", "problem"),
    [
        ("http://m/{snapshot}", "", "needs a time"),
        ("", "yesterday", "not the time of a snapshot"),
        ("http://m/debian", TIME, "has no place"),
    ],
)
def test_a_mirror_and_a_time_that_do_not_fit_are_refused(mirror: str, time: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem) as caught:
        mirror_at(mirror, "bookworm", time)
    assert caught.value.hint


def test_an_expired_release_file_is_accepted_from_a_snapshot_alone() -> None:
    option = '--aptopt=Acquire::Check-Valid-Until "false"'
    snapshot, mirror = (
        mmdebstrap(Archive(uri, "bookworm"), "/t", "/r", root=True).argv for uri in (f"http://m/{TIME}", "http://m")
    )
    assert option in snapshot
    assert option not in mirror


def test_the_release_file_names_the_version_and_the_day() -> None:
    found = parse_release(RELEASE)
    assert found == Release("bookworm", "12.12", "Sat, 06 Sep 2025 10:11:12 UTC")
    assert found.text == "bookworm 12.12, Sat, 06 Sep 2025 10:11:12 UTC"
    assert parse_release("").text == ""
