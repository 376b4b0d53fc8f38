"""The files of a build cache, read without Spack and trusted only as far as their checksums."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from hashlib import sha256

import pytest

from sygaldry.model.errors import LockError
from sygaldry.spack.buildcache import (
    Blob,
    CorruptMirrorError,
    archive_blob,
    entry_path,
    index_blob,
    is_signed,
    oci_blob,
    oci_tag,
    parse_index,
)
from sygaldry.spack.database import parse_database
from sygaldry.spack.lock import Lock
from sygaldry.spack.prefix import build_prefix, prefix_problem

ARCHIVE = "application/vnd.spack.install.v2.tar+gzip"


def index(key: str) -> bytes:
    record = {"spec": {"name": "zlib", "version": "1.3"}, "in_buildcache": True, "installed": False}
    return json.dumps({"database": {"version": "8", "installs": {key: record}}}).encode()


@pytest.mark.parametrize("compression", ["gzip", "none"])
def test_an_index_is_read_when_its_checksum_holds(compression: str) -> None:
    plain = index("a" * 32)
    content = gzip.compress(plain) if compression == "gzip" else plain
    digest = sha256(content).hexdigest()
    manifest = json.dumps({"version": 3, "data": [{"checksum": digest, "compression": compression}]})
    blob = index_blob(manifest, "file:///mirror")
    assert blob == Blob(f"blobs/sha256/{digest[:2]}/{digest}", digest, compression)
    assert set(parse_index(content, blob, "file:///mirror")) == {"a" * 32}
    with pytest.raises(CorruptMirrorError, match="does not match its checksum"):
        parse_index(content + b"x", blob, "file:///mirror")


@pytest.mark.parametrize("text", ["", "[]", '{"data": []}', '{"data": [{"checksum": "../x", "compression": "none"}]}'])
def test_a_lying_manifest_is_refused(text: str) -> None:
    with pytest.raises(CorruptMirrorError, match="is corrupt"):
        index_blob(text, "file:///mirror")
    assert archive_blob(text) is None


def test_the_archive_of_a_package_is_found_under_its_signature_too() -> None:
    entry = {"mediaType": ARCHIVE, "compression": "gzip", "checksum": "1" * 64, "contentLength": 7285}
    plain = json.dumps({"version": 3, "data": [{"mediaType": "x", "checksum": "2" * 64}, entry]})
    signed = f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{plain}\n-----BEGIN PGP SIGNATURE-----\n\niQ=\n"
    wanted = Blob(f"blobs/sha256/11/{'1' * 64}", "1" * 64, "gzip", 7285)
    assert [archive_blob(text) for text in (plain, signed)] == [wanted, wanted]
    assert [is_signed(text) for text in (plain, signed)] == [False, True]


def test_the_index_of_a_registry_is_its_first_layer() -> None:
    manifest = json.dumps({"layers": [{"digest": "sha256:" + "0" * 64}, {"digest": "sha256:" + "1" * 64}]})
    assert oci_blob(manifest, "oci://x").path == "blobs/sha256:" + "0" * 64
    assert oci_blob(manifest, "oci://x", layer=-1).digest == "1" * 64
    with pytest.raises(LockError):
        oci_blob(json.dumps({"layers": []}), "oci://x")


def test_a_package_is_found_by_its_own_name_in_a_folder_and_in_a_registry(zephyr: Lock) -> None:
    (numpy,) = zephyr.named("py-numpy")
    assert entry_path(numpy) == f"v3/manifests/spec/py-numpy/py-numpy-{numpy.version}-{numpy.hash}.spec.manifest.json"
    assert oci_tag(numpy) == f"py-numpy-{numpy.version}-{numpy.hash}.spack"


def test_the_first_bytes_of_an_archive_tell_where_it_was_built(zephyr: Lock) -> None:
    (numpy,) = zephyr.named("py-numpy")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path in ("opt", "opt/store", "opt/store/linux-x86_64", f"opt/store/linux-x86_64/{numpy.directory}"):
            member = tarfile.TarInfo(path)
            member.type = tarfile.DIRTYPE
            archive.addfile(member)
        archive.addfile(tarfile.TarInfo("big"), io.BytesIO(b"x" * 100000))
    whole = packed.getvalue()
    assert build_prefix(whole, numpy) == "/opt/store"
    assert build_prefix(whole[:200], numpy) == "/opt/store"
    assert build_prefix(b"lies", numpy) == ""
    assert build_prefix(whole, zephyr.named("cmake")[0]) == ""


def test_only_a_longer_prefix_is_a_problem() -> None:
    assert prefix_problem("/opt/spack_store/install", "/opt/spack_store/install") == ""
    assert prefix_problem("/opt/spack_store/install", "/opt/short") == ""
    assert prefix_problem("", "/opt/spack_store/install") == ""
    assert "cannot be moved" in prefix_problem("/opt/a", "/opt/spack_store/install")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"database": {"installs": {"a": {"installed": true}}}}'])
def test_a_damaged_database_is_told_with_the_command_that_mends_it(text: str) -> None:
    with pytest.raises(LockError) as caught:
        parse_database(text, "index.json")
    assert "spack reindex" in caught.value.hint
