"""The source that pytest lists in the report of a failed test: a text that a test quotes is not output.

A listing stands between the title of a report, or the line between two frames, and the statement that failed. Doctest
reports have other parts.
"""

from typing import Final

from sygaldry.explain.masks import Mask

_HEAD: Final = r"^_{3,200} (?!\[doctest\] )\S.{0,300} _{3,200}$|^(?:_ ){4,200}"

MASK: Final = Mask(
    "pytest listings",
    (b" ___", b"_ _ _ _ ", b">  ", b"E  "),
    passes=r"^> {2,40}\S",
    opens=_HEAD,
    fails=rf"{_HEAD}|^E {{2,40}}\S",
)
