"""An archive is an OCI layout and Docker's at once; one whose documents disagree is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from sygaldry.image.oci.archive import archive_documents, blob_path, check_archive, layer_of
from sygaldry.model.errors import ImageError

NAME = "sygaldry/test:1"
LAYER = b"an archive"
DIFF_ID = f"sha256:{sha256(LAYER).hexdigest()}"
CONFIG = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"diff_ids": [DIFF_ID, DIFF_ID]}}).encode()
OTHER_NAME = {"io.containerd.image.name": "debian:12"}


def archive(reference: str = NAME) -> dict[str, bytes]:
    layer = layer_of(DIFF_ID, len(LAYER))
    return {**archive_documents(reference, CONFIG, (layer, layer)), blob_path(DIFF_ID): LAYER}


def check(files: dict[str, bytes], name: str = NAME) -> None:
    described = {path: (sha256(content).hexdigest(), len(content)) for path, content in files.items()}
    check_archive(name, described, files.__getitem__)


@pytest.mark.parametrize("reference", [NAME, f"docker.io/{NAME}", f"localhost/{NAME}", ""])
def test_an_archive_is_accepted_under_the_names_that_engines_give(reference: str) -> None:
    check(archive(reference))


def test_a_name_without_a_tag_is_the_latest() -> None:
    check(archive("a/b:latest"), "a/b")


def test_both_sets_of_documents_name_the_same_blobs() -> None:
    files = archive()
    assert archive() == files, "equal images give equal bytes"
    (image,) = json.loads(files["index.json"])["manifests"]
    assert image["annotations"] == {
        "org.opencontainers.image.ref.name": NAME,
        "io.containerd.image.name": f"docker.io/{NAME}",
    }
    manifest = json.loads(files[blob_path(image["digest"])])
    (docker,) = json.loads(files["manifest.json"])
    assert docker == {
        "Config": blob_path(manifest["config"]["digest"]),
        "RepoTags": [NAME],
        "Layers": [blob_path(DIFF_ID)] * 2,
    }
    assert [each["digest"] for each in manifest["layers"]] == [DIFF_ID] * 2
    assert files[docker["Config"]] == CONFIG, "the identity of the image in an engine stays"


def edited(path: str, edit: Callable[[Any], object]) -> dict[str, bytes]:
    """Change a document, with the digests of what describes it set right again."""
    files = archive()
    document = json.loads(files[path])
    edit(document)
    files[path] = json.dumps(document).encode()
    return files


def other_manifest(edit: Callable[[Any], object]) -> dict[str, bytes]:
    """Change the manifest and point the index to the changed one."""
    files = archive()
    index = json.loads(files["index.json"])
    manifest = json.loads(files.pop(blob_path(index["manifests"][0]["digest"])))
    edit(manifest)
    content = json.dumps(manifest).encode()
    digest = f"sha256:{sha256(content).hexdigest()}"
    index["manifests"][0].update(digest=digest, size=len(content))
    return {**files, blob_path(digest): content, "index.json": json.dumps(index).encode()}


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({**archive(), blob_path(DIFF_ID): b"other"}, "not a blob under its own digest"),
        ({**archive(), "../../etc/passwd": b""}, "not a blob under its own digest"),
        ({**archive(), blob_path(sha256(b"x").hexdigest()): b"x"}, "belongs to no image"),
        ({path: text for path, text in archive().items() if path != blob_path(DIFF_ID)}, "missing"),
        ({path: text for path, text in archive().items() if path != "manifest.json"}, "missing"),
        (edited("oci-layout", lambda table: table.update(imageLayoutVersion="2.0.0")), "another version"),
        (edited("index.json", lambda table: table["manifests"].clear()), "cannot be read"),
        (edited("index.json", lambda table: table["manifests"].append(table["manifests"][0])), "cannot be read"),
        (edited("index.json", lambda table: table["manifests"][0].update(digest=3)), "cannot be read"),
        (edited("index.json", lambda table: table["manifests"][0].update(size=1)), "another size"),
        (edited("index.json", lambda table: table["manifests"][0].update(annotations={})), "another name"),
        (edited("index.json", lambda table: table["manifests"][0]["annotations"].update(OTHER_NAME)), "full name"),
        (edited("manifest.json", lambda table: table[0]["Layers"].pop()), "two images"),
        (edited("manifest.json", lambda table: table[0].update(Config="../config")), "two images"),
        (edited("manifest.json", lambda table: table[0].update(RepoTags=["debian:12"])), "another name"),
        (edited("manifest.json", lambda table: table[0]["RepoTags"].append("debian:12")), "another name"),
        (edited("manifest.json", lambda table: table.append(table[0])), "cannot be read"),
        (other_manifest(lambda table: table["layers"].pop()), "not those of its configuration"),
        (other_manifest(lambda table: table["layers"][0].update(mediaType="a/b")), "not of the type"),
        ({**archive(), "index.json": b"[" * 100_000}, "cannot be read"),
        ({**archive(), "index.json": b"\xff"}, "cannot be read"),
    ],
)  # fmt: skip
def test_documents_that_disagree_are_refused(files: dict[str, bytes], problem: str) -> None:
    with pytest.raises(ImageError, match=problem):
        check(files)


def test_an_archive_of_another_name_is_refused() -> None:
    with pytest.raises(ImageError, match="another name"):
        check(archive(), "sygaldry/other:1")


def test_a_huge_document_is_not_read() -> None:
    described = {path: (sha256(text).hexdigest(), len(text)) for path, text in archive().items()}
    with pytest.raises(ImageError, match="too large"):
        check_archive(NAME, {**described, "index.json": ("", 2**40)}, archive().__getitem__)
