"""The bills of materials: Debian's packages and Spack's, without the time of the export."""

import json

import pytest

from sygaldry.image.oci.bill import KINDS, bill, debian_materials, spack_material

STATUS = """\
Package: jq
Status: install ok installed
Architecture: amd64
Version: 1.6-2.1+deb12u1

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1

Package: tzdata
Status: install ok installed
Architecture: all
Version: 2025b-0+deb12u2
"""


def test_installed_packages_have_package_urls() -> None:
    jq, tzdata = debian_materials(STATUS, "debian")
    assert jq.url == "pkg:deb/debian/jq@1.6-2.1%2Bdeb12u1?arch=amd64"
    assert tzdata.name == "tzdata"


@pytest.mark.parametrize("kind", KINDS)
def test_equal_images_have_equal_bills(kind: str) -> None:
    materials = (*debian_materials(STATUS, "debian"), spack_material("zlib", "1.3.1", "abc"))
    first, second = (bill("dev:1", "sha256:1", materials, kind) for _ in range(2))
    assert first == second
    text = json.dumps(json.loads(first))
    assert "pkg:deb/debian/jq@1.6-2.1%2Bdeb12u1?arch=amd64" in text
    assert "pkg:generic/zlib@1.3.1?spack_hash=abc" in text
    assert "2025-01-01T00:00:00Z" in text
