"""A bill of materials in CycloneDX's JSON: https://cyclonedx.org/docs/1.6/json/."""

from __future__ import annotations

import json
from typing import Any, Final

from sygaldry import __version__
from sygaldry.spack.graph import order
from sygaldry.spack.lock import Lock, Node
from sygaldry.spack.render import About, Render
from sygaldry.spack.render._materials import identity, license_expression, package_url, serial

_TITLE: Final = "environment"


def _cyclonedx(lock: Lock, about: About) -> str:
    nodes = [lock.nodes[key] for key in reversed(order(lock))]
    roots = sorted(identity(lock.nodes[key]) for key in set(lock.roots.values()))
    table = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial(lock)}",
        "version": 1,
        "metadata": {
            "timestamp": about.created,
            "tools": {"components": [{"type": "application", "name": "sygaldry", "version": __version__}]},
            "component": {"type": "application", "bom-ref": _TITLE, "name": about.title},
        },
        "components": [_component(node, about) for node in nodes],
        "dependencies": [{"ref": _TITLE, "dependsOn": roots}, *(_needs(lock, node) for node in nodes)],
    }
    return json.dumps(table, indent=1) + "\n"


def _component(node: Node, about: About) -> dict[str, Any]:
    declared = about.license_of(node)
    return {
        "type": "library",
        "bom-ref": identity(node),
        "name": node.name,
        "version": node.version,
        "purl": package_url(node, about),
        **({"licenses": [_license(declared)]} if declared else {}),
        **({"description": f"taken from the machine: {node.prefix}"} if node.is_external else {}),
    }


def _license(declared: str) -> dict[str, Any]:
    """Declared by a recipe; a concluded licence would take a review of the files."""
    if expression := license_expression(declared):
        return {"expression": expression, "acknowledgement": "declared"}
    return {"license": {"name": declared, "acknowledgement": "declared"}}


def _needs(lock: Lock, node: Node) -> dict[str, Any]:
    return {
        "ref": identity(node),
        "dependsOn": sorted({identity(lock.nodes[edge.hash]) for edge in node.edges}),
    }


RENDER: Final[Render] = _cyclonedx
