"""The documents of an exported image: no time of the build, no root, and a subject for what refers to it."""

import json

from sygaldry.image.oci.documents import (
    LAYER,
    Blob,
    Descriptor,
    config_of,
    described,
    image_manifest,
    index,
    referrer_manifest,
    tagged,
)

BLOB = Blob(Descriptor(LAYER, f"sha256:{'a' * 64}", 10), f"sha256:{'b' * 64}", "step 1")
SAVED = {
    "architecture": "amd64",
    "created": "2026-11-28T08:00:00Z",
    "container": "x",
    "config": {
        "Env": ["PATH=/bin", "A=1"],
        "User": "",
        "Labels": {"dev.sygaldry.build": "random", "dev.sygaldry.key": "k"},
    },
}


def test_the_configuration_has_a_user_and_neither_times_nor_the_id_of_the_build() -> None:
    found = json.loads(config_of(SAVED, (BLOB,), {"PATH": "/view/bin:/bin"}, "1000:1000"))
    assert found == {
        "architecture": "amd64",
        "os": "linux",
        "created": "2025-01-01T00:00:00Z",
        "config": {
            "User": "1000:1000",
            "Env": ["PATH=/view/bin:/bin", "A=1"],
            "Cmd": ["/bin/bash"],
            "WorkingDir": "/",
            "Labels": {"dev.sygaldry.key": "k"},
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{'b' * 64}"]},
        "history": [{"created": "2025-01-01T00:00:00Z", "created_by": "step 1"}],
    }


def test_what_refers_to_an_image_names_it_as_its_subject() -> None:
    manifest = image_manifest(b"{}", (BLOB,), {"a": "b"})
    image = described("application/vnd.oci.image.manifest.v1+json", manifest)
    found = json.loads(referrer_manifest("application/spdx+json", b"bill", image))
    assert found["subject"] == image.table()
    assert found["artifactType"] == found["layers"][0]["mediaType"] == "application/spdx+json"
    table = json.loads(index((tagged(image, "1"),)))
    assert table["manifests"][0]["annotations"] == {"org.opencontainers.image.ref.name": "1"}
