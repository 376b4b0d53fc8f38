"""A picture of the graph as one file: columns of names, left to right from what was requested."""

from __future__ import annotations

from html import escape
from typing import Final

from sygaldry.spack.lock import Lock
from sygaldry.spack.render import About, Render
from sygaldry.spack.render._kinds import COLOURS, MEANING, kinds
from sygaldry.spack.render._layout import BOX, INSET, Place, compute_layout, label_width

_MARGIN, _HEAD = 12, 52
_LEAST_WIDTH = 600  # the legend's


def _svg(lock: Lock, about: About) -> str:
    layout = compute_layout(lock)
    kind = kinds(lock)
    width, height = max(layout.width + 2 * _MARGIN, _LEAST_WIDTH), layout.height + _HEAD + _MARGIN
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
            f'height="{height:.0f}" font-family="system-ui, sans-serif" font-size="11" role="img">'
        ),
        f"<title>{escape(about.title)}</title>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
        *_legend(about.title),
        f'<g transform="translate({_MARGIN},{_HEAD})">',
        *(_edge(start, end, layout.places[start], layout.places[end]) for start, end in layout.edges),
        *(_node(lock, key, kind[key], layout.places[key]) for key in sorted(layout.places)),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _legend(title: str) -> list[str]:
    lines = [f'<text x="{_MARGIN}" y="20" font-size="15" font-weight="bold">{escape(title)}</text>']
    for number, (name, colour) in enumerate(COLOURS.items()):
        x = _MARGIN + number * 140
        lines.append(f'<rect x="{x}" y="28" width="12" height="12" fill="{colour}"/>')
        lines.append(f'<text x="{x + 18}" y="38">{MEANING[name]}</text>')
    return lines


def _edge(start: str, end: str, one: Place, other: Place) -> str:
    """Draw a line from the right side of a box to the left side of the next; within a column, around its left side."""
    y1, y2 = one.y + BOX / 2, other.y + BOX / 2
    if one.x == other.x:
        x = one.x
        path = f"M{x:.0f},{y1:.0f}C{x - 16:.0f},{y1:.0f} {x - 16:.0f},{y2:.0f} {x:.0f},{y2:.0f}"
    else:
        x1, x2 = one.x + one.width, other.x
        middle = min((x2 - x1) / 2, 60)
        path = f"M{x1:.0f},{y1:.0f}C{x1 + middle:.0f},{y1:.0f} {x2 - middle:.0f},{y2:.0f} {x2:.0f},{y2:.0f}"
    return f'<path class="e {start} {end}" d="{path}" fill="none" stroke="#b0b0b0" stroke-width="0.5"/>'


def _node(lock: Lock, key: str, kind: str, place: Place) -> str:
    node, (x, y, width) = lock.nodes[key], place
    # With textLength the label has the same width in whatever font there is, and never leaves its box.
    length = label_width(node.label) - 2 * INSET
    return (
        f'<g class="n" id="{key}"><title>{escape(node.label)} /{key[:7]}: {MEANING[kind]}</title>'
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{BOX}" rx="3" fill="{COLOURS[kind]}"/>'
        f'<text x="{x + INSET:.0f}" y="{y + BOX - 3:.0f}" textLength="{length:.0f}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(node.label)}</text></g>'
    )


RENDER: Final[Render] = _svg
