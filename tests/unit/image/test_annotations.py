"""The annotations: standard names, no time of the build, and a digest only where a registry has the base."""

from sygaldry.image.annotations import base_digest, image_annotations
from sygaldry.image.recipe import Recipe

DIGEST = f"sha256:{'ab' * 32}"


def test_all_that_is_known_has_the_standard_name() -> None:
    found = image_annotations(Recipe({}, {}, "sygaldry/base:bookworm"), "0.1.0", "c0ffee", ())
    assert found == {
        "org.opencontainers.image.title": "Sygaldry development environment",
        "org.opencontainers.image.source": "https://github.com/phi9t/sygaldry",
        "org.opencontainers.image.version": "0.1.0",
        "org.opencontainers.image.revision": "c0ffee",
        "org.opencontainers.image.licenses": "MIT AND LicenseRef-Debian-packages",
        "org.opencontainers.image.created": "2025-01-01T00:00:00Z",
        "org.opencontainers.image.base.name": "sygaldry/base:bookworm",
    }


def test_the_digest_of_the_base_is_the_registrys() -> None:
    known = (f"other@sha256:{'cd' * 32}", f"docker.io/nvidia/cuda@{DIGEST}")
    assert base_digest("nvidia/cuda:12.9.1", known) == DIGEST
    assert base_digest("127.0.0.1:5000/team/base", (f"127.0.0.1:5000/team/base@{DIGEST}",)) == DIGEST
    assert base_digest(f"nvidia/cuda@{DIGEST}", ()) == DIGEST
    assert base_digest("sygaldry/base:bookworm", known) == ""
