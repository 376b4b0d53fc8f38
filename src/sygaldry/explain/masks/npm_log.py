"""npm's debug log: every line has its number and its level, and only those of level error report one."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "npm's debug log",
    (b" silly ", b" verbose ", b" http ", b" info ", b" timing ", b" notice ", b" warn "),
    passes=r"^\d{1,6} (?:silly|verbose|http|info|timing|notice|warn) ",
)
