"""A bill of materials of an image in CycloneDX and SPDX; two exports of one image have the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from sygaldry import __version__
from sygaldry.image.annotations import created

CYCLONEDX: Final = "application/vnd.cyclonedx+json"
SPDX: Final = "application/spdx+json"
KINDS: Final = (CYCLONEDX, SPDX)
# Nobody has reviewed the files, so that nothing is concluded.
_UNKNOWN: Final = {
    "downloadLocation": "NOASSERTION",
    "filesAnalyzed": False,
    "licenseConcluded": "NOASSERTION",
    "licenseDeclared": "NOASSERTION",
    "copyrightText": "NOASSERTION",
}
_FIELD: Final = re.compile(r"^(Package|Version|Architecture|Status): (.{1,200})$", re.MULTILINE)


@dataclass(frozen=True)
class Material:
    """One package in an image, and its package URL."""

    name: str
    version: str
    url: str


def debian_materials(status: str, distribution: str) -> Iterator[Material]:
    """List the packages of dpkg's status file: https://manpages.debian.org/bookworm/dpkg/dpkg-query.1.en.html."""
    for paragraph in status.split("\n\n"):
        facts = dict(_FIELD.findall(paragraph))
        if facts.get("Status", "").endswith(" installed") and "Package" in facts and "Version" in facts:
            name, version = facts["Package"], facts["Version"]
            url = f"pkg:deb/{distribution}/{quote(name)}@{quote(version)}?arch={facts.get('Architecture', 'all')}"
            yield Material(name, version, url)


def spack_material(name: str, version: str, hash_: str) -> Material:
    """Return a package of Spack."""
    return Material(name, version, f"pkg:generic/{quote(name)}@{quote(version)}?spack_hash={hash_}")


def bill(title: str, identity: str, materials: Iterable[Material], kind: str) -> bytes:
    """Return the bill in a language, CYCLONEDX or SPDX; equal images have equal bills."""
    listed = tuple(sorted(materials, key=lambda each: (each.name, each.url)))
    table = {CYCLONEDX: _cyclonedx, SPDX: _spdx}[kind](title, str(uuid5(NAMESPACE_URL, identity)), listed)
    return json.dumps(table, indent=1, sort_keys=True).encode()


def _cyclonedx(title: str, identity: str, materials: tuple[Material, ...]) -> dict[str, Any]:
    """https://cyclonedx.org/docs/1.6/json/"""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{identity}",
        "version": 1,
        "metadata": {
            "timestamp": created(),
            "tools": {"components": [{"type": "application", "name": "sygaldry", "version": __version__}]},
            "component": {"type": "container", "name": title, "bom-ref": "image"},
        },
        "components": [
            {"type": "library", "name": each.name, "version": each.version, "purl": each.url, "bom-ref": each.url}
            for each in materials
        ],
    }


def _spdx(title: str, identity: str, materials: tuple[Material, ...]) -> dict[str, Any]:
    """https://spdx.github.io/spdx-spec/v2.3/"""
    image = {"name": title, "SPDXID": "SPDXRef-image", "primaryPackagePurpose": "CONTAINER", **_UNKNOWN}
    packages = [
        {
            "name": each.name,
            "SPDXID": f"SPDXRef-package-{number}",
            "versionInfo": each.version,
            "externalRefs": [
                {
                    "referenceCategory": "PACKAGE-MANAGER",
                    "referenceType": "purl",
                    "referenceLocator": each.url,
                }
            ],
            **_UNKNOWN,
        }
        for number, each in enumerate(materials)
    ]
    contained = (("SPDXRef-image", "CONTAINS", each["SPDXID"]) for each in packages)
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": title,
        "documentNamespace": f"https://spdx.org/spdxdocs/sygaldry-{identity}",
        "creationInfo": {"created": created(), "creators": [f"Tool: sygaldry-{__version__}"]},
        "packages": [image, *packages],
        "relationships": [
            {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
            for one, kind, other in (("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-image"), *contained)
        ],
    }
