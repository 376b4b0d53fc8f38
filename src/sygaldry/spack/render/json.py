"""The graph as data: packages with their kind, edges with their types."""

from __future__ import annotations

import json
from typing import Final

from sygaldry.spack.graph import order
from sygaldry.spack.lock import Lock, Node
from sygaldry.spack.render import About, Render
from sygaldry.spack.render._kinds import kinds

SCHEMA: Final = 1


def _json(lock: Lock, about: About) -> str:
    kind = kinds(lock)
    packages = [
        _package(lock.nodes[key], kind[key], about.license_of(lock.nodes[key]) or None) for key in reversed(order(lock))
    ]
    data = {"schema": SCHEMA, "title": about.title, "roots": dict(sorted(lock.roots.items())), "packages": packages}
    return json.dumps(data, indent=1) + "\n"


def _package(node: Node, kind: str, license_: str | None) -> dict[str, object]:
    edges = sorted(node.edges, key=lambda edge: (edge.name, edge.hash))
    return {
        "hash": node.hash,
        "name": node.name,
        "version": node.version,
        "kind": kind,
        "os": node.os,
        "target": node.target,
        "license": license_,
        "needs": [
            {"hash": edge.hash, "name": edge.name, "types": sorted(edge.types), "virtuals": list(edge.virtuals)}
            for edge in edges
        ],
    }


RENDER: Final[Render] = _json
