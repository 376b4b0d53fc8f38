"""`meson test`: a line for each test; the verdict stands after its name."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "Meson tests",
    (b" OK ", b" SKIP ", b" EXPECTEDFAIL "),
    passes=r"^\s{0,6}\d{1,5}/\d{1,5} .{1,400}\s(?:OK|SKIP|EXPECTEDFAIL)\s{1,30}\d{1,7}\.\d{1,3} ?s\b",
)
