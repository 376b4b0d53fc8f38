"""Advisories are matched as their ecosystems compare versions."""

from __future__ import annotations

import itertools

import pytest

from sygaldry.advisories.ordering import debian, plain, python
from sygaldry.advisories.osv import Pin, vulnerabilities


def advisory(ecosystem: str, name: str, *events: dict[str, str], **more: object) -> dict[str, object]:
    ranged = {"type": "ECOSYSTEM", "events": list(events)}
    affected = {"package": {"ecosystem": ecosystem, "name": name}, "ranges": [ranged]}
    return {"id": "X-1", "summary": "a fault", "affected": [affected], **more}


@pytest.mark.parametrize(
    "versions",
    [
        ["1.0~rc1-1", "1.0-1", "1.0-1+deb12u1", "1.0-1+deb12u10", "1.0-2", "1.0a-1", "1.10-1", "1:0.1-1"],
        ["2.36-9+deb12u9", "2.36-9+deb12u13", "2.37"],
    ],
)
def test_debian_versions_are_ordered_as_dpkg_orders_them(versions: list[str]) -> None:
    assert all(debian(one) < debian(other) for one, other in itertools.pairwise(versions))


def test_python_versions_are_ordered_as_pip_orders_them() -> None:
    versions = ["1.0.dev1", "1.0a1", "1.0b2", "1.0rc1.dev2", "1.0rc1", "1.0", "1.0.post1", "1.0.1", "1.10", "1!0.1"]
    assert all(python(one) < python(other) for one, other in itertools.pairwise(versions))
    assert python("1.0") == python("1.0.0") == python("v1")
    assert plain("1.2.0-rc.1") < plain("1.2.0") < plain("1.10.0")


@pytest.mark.parametrize(
    ("version", "is_affected"),
    [("1.9", False), ("2.0", True), ("2.4", True), ("2.5", False), ("3.0", True), ("3.1", True), ("3.2", False)],
)
def test_a_range_may_open_twice_and_end_with_a_fix_or_the_last_affected_version(
    version: str, is_affected: bool
) -> None:
    events = ({"introduced": "3.0"}, {"introduced": "2.0"}, {"fixed": "2.5"}, {"last_affected": "3.1"})
    found = vulnerabilities([advisory("PyPI", "Some_Thing", *events)], [Pin("PyPI", "some-thing", version)])
    assert bool(found) is is_affected
    if version == "2.0":
        assert found[0].fixed == "2.5"


def test_another_release_another_name_and_a_withdrawn_advisory_affect_nothing() -> None:
    known = advisory("Debian:12", "glibc", {"introduced": "0"})
    assert vulnerabilities([known], [Pin("Debian:12", "glibc", "2.36-9")])
    assert not vulnerabilities([known], [Pin("Debian:11", "glibc", "2.31-13"), Pin("PyPI", "glibc", "1")])
    assert not vulnerabilities([{**known, "withdrawn": "2026-01-01T00:00:00Z"}], [Pin("Debian:12", "glibc", "2.36-9")])


@pytest.mark.parametrize(
    "hostile", [None, 7, [], {}, {"id": 1}, {"id": "a", "affected": "x"}, {"id": "a", "affected": [{"ranges": 3}]}]
)
def test_what_is_no_advisory_is_ignored(hostile: object) -> None:
    assert vulnerabilities([hostile], [Pin("PyPI", "six", "1")]) == ()


def test_a_version_that_cannot_be_compared_counts_as_affected() -> None:
    assert vulnerabilities([advisory("PyPI", "six", {"introduced": "nonsense"})], [Pin("PyPI", "six", "1")])
