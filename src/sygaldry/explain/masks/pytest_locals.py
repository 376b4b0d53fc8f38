"""The local variables that `pytest --showlocals` prints below an assertion: their values are not output."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "pytest locals",
    (b"E  ", b".py:", b" ___", b"- Captured "),
    passes=r"^\S{1,300}\.py:\d{1,7}: [A-Z]\w{0,80}(?:Error|Exception|Exit|Failed|Timeout|Warning)$",
    opens=r"^E {2,40}\S",
    fails=r"^E {2,40}\S|^_{3,200} \S|^-{3,200} Captured ",
)
