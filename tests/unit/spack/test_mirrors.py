"""What build caches have, read without Spack and trusted only as far as their checksums."""

from __future__ import annotations

import gzip
import json
from hashlib import sha256

import pytest

from sygaldry.model.errors import LockError
from sygaldry.spack.buildcache import Kind, blob_path, hits, oci_blob, parse_index, parse_mirrors
from sygaldry.spack.database import parse_database
from sygaldry.spack.lock import Lock


def index(*packages: tuple[str, str, str]) -> bytes:
    installs = {
        key: {"spec": {"name": name, "version": version}, "in_buildcache": True, "installed": False}
        for key, name, version in packages
    }
    return json.dumps({"database": {"version": "8", "installs": installs}}).encode()


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


@pytest.mark.parametrize("said", [{"a": {}}, {"a": "ftp://x"}, {"a": {"url": 3}}])
def test_a_mirror_without_a_known_address_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(LockError) as caught:
        parse_mirrors(said)
    assert caught.value.hint


@pytest.mark.parametrize("compression", ["gzip", "none"])
def test_an_index_is_read_when_its_checksum_holds(compression: str) -> None:
    plain = index(("a" * 32, "zlib", "1.3"))
    blob = gzip.compress(plain) if compression == "gzip" else plain
    digest = sha256(blob).hexdigest()
    manifest = json.dumps({"version": 3, "data": [{"checksum": digest, "compression": compression}]})
    path, said = blob_path(manifest, "file:///mirror")
    assert path == f"blobs/sha256/{digest[:2]}/{digest}"
    assert set(parse_index(blob, digest, said, "file:///mirror")) == {"a" * 32}
    with pytest.raises(LockError, match="does not have the checksum"):
        parse_index(blob + b"x", digest, said, "file:///mirror")


@pytest.mark.parametrize("text", ["", "[]", '{"data": []}', '{"data": [{"checksum": "../x", "compression": "none"}]}'])
def test_a_lying_manifest_is_refused(text: str) -> None:
    with pytest.raises(LockError, match="cannot be trusted"):
        blob_path(text, "file:///mirror")


def test_the_index_of_a_registry_is_its_first_layer() -> None:
    assert oci_blob(json.dumps({"layers": [{"digest": "sha256:" + "0" * 64}]}), "oci://x") == "0" * 64
    with pytest.raises(LockError):
        oci_blob(json.dumps({"layers": []}), "oci://x")


def test_misses_are_told_with_their_reason(zephyr: Lock) -> None:
    (mirror,) = parse_mirrors({"team": "/mirror"})
    (numpy,), (scipy,), (ninja,) = (zephyr.named(name) for name in ("py-numpy", "py-scipy", "ninja"))
    blob = index(
        (numpy.hash, "py-numpy", numpy.version), ("b" * 32, "py-scipy", "1.0"), ("c" * 32, "ninja", ninja.version)
    )
    found = hits(zephyr, mirror, parse_index(blob, sha256(blob).hexdigest(), "none", "x"))
    assert found.hashes == {numpy.hash}
    assert found.reasons[scipy.hash] == "it has version 1.0"
    assert found.reasons[ninja.hash].startswith("it has another build of it: /ccccccc")
    assert found.reasons[zephyr.named("cmake")[0].hash] == "never pushed"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"database": {"installs": {"a": {"installed": true}}}}'])
def test_a_damaged_database_is_told_with_the_command_that_mends_it(text: str) -> None:
    with pytest.raises(LockError) as caught:
        parse_database(text, "index.json")
    assert "spack reindex" in caught.value.hint
