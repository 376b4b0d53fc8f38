"""Debug output of npm and node-gyp: every line has its level, and only those of level error report one."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "debug output of npm and node-gyp",
    (b" silly ", b" verbose ", b" http ", b" info ", b" timing ", b" notice ", b" warn ", b" sill ", b" verb "),
    passes=r"^\d{1,6} (?:silly|verbose|http|info|timing|notice|warn) "
    r"|^(?:npm|gyp|node-pre-gyp) (?:sill|silly|verb|verbose|http|info|timing) ",
)
