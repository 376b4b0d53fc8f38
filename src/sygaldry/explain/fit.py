"""An answer cut to its length: the least important lines, which stand last, go first."""

from collections.abc import Sequence
from typing import Final

from sygaldry.explain.format_answer import count_tokens
from sygaldry.explain.text import shorten

_LEAST: Final = 12  # tokens of a part of a line that are worth showing
_LABELS: Final = frozenset({"also:", "more:", "around it:", "steps:", "the end:"})


def fit(lines: Sequence[str], tokens: int) -> tuple[str, ...]:
    """Keep the first lines that fit into a number of tokens; the next one loses its middle."""
    kept = list(lines)
    cut = ""
    while kept and count_tokens("\n".join(kept)) > tokens:
        cut = kept.pop()
    room = tokens - count_tokens("\n".join((*kept, ""))) if kept else tokens
    if cut and cut not in _LABELS and (room >= _LEAST or not kept):
        kept.append(_shortened(cut, room))
    while kept and kept[-1] in _LABELS:
        kept.pop()
    return tuple(kept)


def _shortened(text: str, tokens: int) -> str:
    """Leave out the middle of a line until it fits."""
    most = len(text)
    while most > _LEAST and count_tokens(text) > tokens:
        most = most * 9 // 10
        text = shorten(text, most)
    return text
