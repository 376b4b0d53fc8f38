"""Source code that a traceback lists with numbers and a bar (Poetry, rich): its words are not output."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "numbered sources",
    ("│".encode(),),
    passes=r"^\s{0,10}(?:[→>]\s{1,3})?\d{1,6}│|^│\s{1,6}(?:❱\s{0,3})?\d{1,6} │ ",
)
