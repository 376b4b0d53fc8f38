"""The graph in Graphviz's language, for other programs: https://graphviz.org/doc/info/lang.html."""

from __future__ import annotations

from typing import Final

from sygaldry.spack.graph import order
from sygaldry.spack.lock import Lock, Node
from sygaldry.spack.render import About, Render
from sygaldry.spack.render._kinds import COLOURS, kinds


def _dot(lock: Lock, about: About) -> str:
    kind = kinds(lock)
    lines = [f"digraph {_quoted(about.title)} {{", "  rankdir=LR;", '  node [shape=box, style="rounded,filled"];']
    for key in reversed(order(lock)):
        node = lock.nodes[key]
        lines.append(f'  "{key}" [label={_quoted(node.label)}, fillcolor="{COLOURS[kind[key]]}"];')
        lines += [f"  {line}" for line in _edges(node)]
    return "\n".join([*lines, "}"]) + "\n"


def _edges(node: Node) -> list[str]:
    edges = sorted(node.edges, key=lambda edge: (edge.name, edge.hash))
    styles = ("solid" if edge.is_needed_to_run else "dashed" for edge in edges)
    return [
        f'"{node.hash}" -> "{edge.hash}" [style={style}, label={_quoted(",".join(edge.virtuals))}];'
        for edge, style in zip(edges, styles, strict=True)
    ]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


RENDER: Final[Render] = _dot
