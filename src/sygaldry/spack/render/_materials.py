"""A bill of materials from a lock, by lib4sbom, which speaks both languages."""

from __future__ import annotations

import json
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from sygaldry import __version__
from sygaldry.spack.graph import order
from sygaldry.spack.lock import Lock, Node, canonical
from sygaldry.spack.render import About

_UNKNOWN = "NOASSERTION"


def bill(lock: Lock, about: About, language: str) -> str:
    """List every package with its version, licence, package URL and what it needs."""
    from lib4sbom.data.document import SBOMDocument
    from lib4sbom.data.relationship import SBOMRelationship
    from lib4sbom.generator import SBOMGenerator
    from lib4sbom.sbom import SBOM

    document = SBOMDocument()
    document.set_name(about.title)
    packages = {}
    for key in reversed(order(lock)):
        package = _package(lock.nodes[key], about)
        packages[(package["name"], package["version"])] = package
    relations = []
    for node in lock.nodes.values():
        for edge in node.edges:
            relation = SBOMRelationship()
            relation.set_relationship(node.name, "DEPENDS_ON", edge.name)
            relation.set_relationship_id(_identity(node), _identity(lock.nodes[edge.hash]))
            relations.append(relation.get_relationship())
    bom = SBOM()
    bom.add_document(document.get_document())
    bom.add_packages(packages)
    bom.add_relationships(relations)
    # The same lock gives the same name, so that two bills can be compared.
    identity = str(uuid5(NAMESPACE_URL, canonical(lock)))
    bom.set_uuid(identity if language == "spdx" else f"urn:uuid:{identity}")
    generator = SBOMGenerator(True, language, "json", "sygaldry", __version__)
    generator.generate(about.title, bom.get_sbom(), send_to_output=False)
    return json.dumps(generator.get_sbom(), indent=1) + "\n"


def _package(node: Node, about: About) -> dict[str, object]:
    from lib4sbom.data.package import SBOMPackage

    package = SBOMPackage()
    package.set_name(node.name)
    package.set_version(node.version)
    package.set_id(_identity(node))
    package.set_type("library")
    package.set_purl(_package_url(node, about))
    # A recipe declares the licence of what it builds, not of what the machine has. A declared licence is not a
    # concluded one, which takes a review of the files.
    package.set_licensedeclared(about.license_of(node) or _UNKNOWN)
    package.set_licenseconcluded(_UNKNOWN)
    package.set_downloadlocation(_UNKNOWN)
    package.set_supplier("UNKNOWN", _UNKNOWN)
    if node.is_external:
        package.set_comment(f"taken from the machine: {node.prefix}")
    found: dict[str, object] = package.get_package()
    return found


def _package_url(node: Node, about: About) -> str:
    """Name a package for scanners: by PyPI where its recipe takes it from there, else by Spack's own name.

    https://github.com/package-url/purl-spec/blob/main/types-doc/pypi-definition.md
    """
    if node.name in about.pypi and not node.is_external:
        name = about.pypi[node.name].lower().replace("_", "-")
        return f"pkg:pypi/{quote(name)}@{quote(node.version)}"
    return f"pkg:generic/{quote(node.name)}@{quote(node.version)}?spack_hash={node.hash}"


def _identity(node: Node) -> str:
    return f"{node.name}-{node.hash}"
