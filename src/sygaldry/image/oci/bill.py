"""A bill of materials of an image in CycloneDX and SPDX, by lib4sbom."""

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
LANGUAGES: Final = {CYCLONEDX: "cyclonedx", SPDX: "spdx"}
_UNKNOWN: Final = "NOASSERTION"
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


def bill(title: str, identity: str, materials: Iterable[Material], language: str) -> bytes:
    """Return the bill in a language; equal images have equal bills."""
    from lib4sbom.data.document import SBOMDocument
    from lib4sbom.generator import SBOMGenerator
    from lib4sbom.sbom import SBOM

    document = SBOMDocument()
    document.set_name(title)
    bom = SBOM()
    bom.add_document(document.get_document())
    bom.add_packages({(each.name, each.url): _package(each) for each in materials})
    plain = str(uuid5(NAMESPACE_URL, identity))
    bom.set_uuid(plain if language == "spdx" else f"urn:uuid:{plain}")
    generator = SBOMGenerator(True, language, "json", "sygaldry", __version__)
    generator.generate(title, bom.get_sbom(), send_to_output=False)
    return json.dumps(_timeless(generator.get_sbom()), indent=1, sort_keys=True).encode()


def _timeless(table: dict[str, Any]) -> dict[str, Any]:
    """Replace the time of the generation, which would make the bills of equal images different."""
    for section, name in (("metadata", "timestamp"), ("creationInfo", "created")):
        if isinstance(table.get(section), dict) and name in table[section]:
            table[section][name] = created()
    return table


def _package(material: Material) -> dict[str, object]:
    from lib4sbom.data.package import SBOMPackage

    package = SBOMPackage()
    package.set_name(material.name)
    package.set_version(material.version)
    package.set_id(re.sub(r"[^A-Za-z0-9.-]", "-", f"{material.name}-{uuid5(NAMESPACE_URL, material.url)}"))
    package.set_type("library")
    package.set_purl(material.url)
    package.set_licensedeclared(_UNKNOWN)
    package.set_licenseconcluded(_UNKNOWN)
    package.set_downloadlocation(_UNKNOWN)
    package.set_supplier("UNKNOWN", _UNKNOWN)
    found: dict[str, object] = package.get_package()
    return found
