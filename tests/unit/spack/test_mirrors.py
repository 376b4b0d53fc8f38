"""The mirrors of an environment, read from what its manifest says."""

from __future__ import annotations

import pytest

from sygaldry.model.errors import LockError
from sygaldry.spack.mirrors import Kind, parse_mirrors


def test_mirrors_keep_their_order_and_know_how_they_are_reached() -> None:
    found = parse_mirrors(
        {
            "disk": "/mirror",
            "team": {"url": "oci://registry.example.org/team", "signed": False, "autopush": True},
            "web": {"fetch": {"url": "https://example.org/cache"}, "push": {"url": "s3://bucket"}},
            "bucket": {"url": "s3://bucket/cache", "access_pair": {"id_variable": "ID", "secret_variable": "SECRET"}},
        }
    )
    assert [(each.name, each.kind, each.signed, each.autopush) for each in found] == [
        ("disk", Kind.FILE, True, False),
        ("team", Kind.OCI, False, True),
        ("web", Kind.HTTP, True, False),
        ("bucket", Kind.S3, True, False),
    ]
    assert found[0].path == "/mirror"
    assert found[3].variables == ("ID", "SECRET")


def test_what_opens_a_mirror_is_also_found_where_only_fetching_needs_it() -> None:
    (mirror,) = parse_mirrors({"team": {"url": "s3://a/b", "fetch": {"access_token_variable": "TOKEN"}}})
    assert (mirror.url, mirror.variables) == ("s3://a/b", ("TOKEN",))


def test_what_opens_the_place_that_is_pushed_to_is_wanted_where_a_build_pushes() -> None:
    said = {"url": "https://a", "push": {"url": "s3://a/b", "access_pair": {"id": "me", "secret_variable": "SECRET"}}}
    quiet, push_during_build = parse_mirrors({"a": said, "b": said | {"autopush": True}})
    assert (quiet.variables, push_during_build.variables) == ((), ("SECRET",))
    assert (quiet.url, quiet.push_url) == ("https://a", "s3://a/b")


@pytest.mark.parametrize(
    ("said", "needs_spack", "checks_signatures"),
    [
        ("https://example.org", False, True),
        ("s3://bucket", True, True),
        ("oci://example.org/a", False, False),
        ({"url": "oci://example.org/a", "access_pair": {"id": "me", "secret_variable": "S"}}, True, False),
        ({"url": "/a", "signed": False}, False, False),
    ],
)
def test_a_mirror_knows_who_can_read_it_and_whether_signatures_count(
    said: object, needs_spack: bool, checks_signatures: bool
) -> None:
    (mirror,) = parse_mirrors({"team": said})
    assert (mirror.needs_spack, mirror.checks_signatures) == (needs_spack, checks_signatures)


def test_a_password_in_an_address_is_refused_without_showing_it() -> None:
    with pytest.raises(LockError) as caught:
        parse_mirrors({"web": "https://me:hunter2@example.org/cache"})
    assert "hunter2" not in caught.value.problem + caught.value.hint
    assert "secret_variable" in caught.value.hint


@pytest.mark.parametrize(
    "wrong", [{"push": 7}, {"fetch": ["/x"]}, {"access_pair": ["me", "hunter2"]}, {"push": {"access_pair": "hunter2"}}]
)
def test_what_spack_refuses_in_a_mirror_is_refused_before_spack_would_print_it(wrong: dict[str, object]) -> None:
    with pytest.raises(LockError) as caught:
        parse_mirrors({"team": {"url": "file:///cache"} | wrong})
    assert "hunter2" not in caught.value.problem + caught.value.hint


@pytest.mark.parametrize("said", [{"a": {}}, {"a": "ftp://x"}, {"a": {"url": 3}}])
def test_a_mirror_without_a_known_address_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(LockError) as caught:
        parse_mirrors(said)
    assert caught.value.hint
