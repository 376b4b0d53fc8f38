"""A bill of materials in SPDX's JSON: https://spdx.github.io/spdx-spec/v2.3/."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from sygaldry import __version__
from sygaldry.spack.graph import order
from sygaldry.spack.lock import Lock, Node
from sygaldry.spack.render import About, Render
from sygaldry.spack.render._materials import identity, license_expression, package_url, serial

_DOCUMENT: Final = "SPDXRef-DOCUMENT"
_NOT_STATED: Final = "NOASSERTION"
_OWN: Final = re.compile(r"LicenseRef-[A-Za-z0-9.-]+")


def _spdx(lock: Lock, about: About) -> str:
    nodes = [lock.nodes[key] for key in reversed(order(lock))]
    packages = [_package(node, about) for node in nodes]
    table = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": _DOCUMENT,
        "name": about.title,
        "documentNamespace": f"https://spdx.org/spdxdocs/sygaldry-{serial(lock)}",
        "creationInfo": {"created": about.created, "creators": [f"Tool: sygaldry-{__version__}"]},
        "packages": packages,
        "hasExtractedLicensingInfos": list(_own_licenses(packages)),
        "relationships": [
            {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
            for one, kind, other in _relations(lock, nodes)
        ],
    }
    return json.dumps(table, indent=1) + "\n"


def _package(node: Node, about: About) -> dict[str, Any]:
    # A recipe declares the licence of what it builds, not of what the machine has. A declared licence is not a
    # concluded one, which takes a review of the files.
    declared = about.license_of(node)
    expression = license_expression(declared)
    free_text = {"licenseComments": f"the recipe declares: {declared}"} if declared and not expression else {}
    reference = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl"}
    return {
        "name": node.name,
        "SPDXID": _element(node),
        "versionInfo": node.version,
        "primaryPackagePurpose": "LIBRARY",
        "supplier": _NOT_STATED,
        "downloadLocation": _NOT_STATED,
        "filesAnalyzed": False,
        "licenseConcluded": _NOT_STATED,
        "licenseDeclared": expression or _NOT_STATED,
        **free_text,
        "copyrightText": _NOT_STATED,
        "externalRefs": [{**reference, "referenceLocator": package_url(node, about)}],
        **({"comment": f"taken from the machine: {node.prefix}"} if node.is_external else {}),
    }


def _own_licenses(packages: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    """Explain each licence that is none of the list of SPDX."""
    for name in sorted({found for each in packages for found in _OWN.findall(each["licenseDeclared"])}):
        word = name.removeprefix("LicenseRef-")
        yield {"licenseId": name, "name": word, "extractedText": f"the recipe declares no more than {word!r}"}


def _relations(lock: Lock, nodes: list[Node]) -> Iterator[tuple[str, str, str]]:
    for key in dict.fromkeys(lock.roots.values()):
        yield _DOCUMENT, "DESCRIBES", _element(lock.nodes[key])
    for node in nodes:
        for needed in dict.fromkeys(edge.hash for edge in node.edges):
            yield _element(node), "DEPENDS_ON", _element(lock.nodes[needed])


def _element(node: Node) -> str:
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", identity(node))


RENDER: Final[Render] = _spdx
