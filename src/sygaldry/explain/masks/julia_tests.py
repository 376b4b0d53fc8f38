"""Julia's summary of test sets: a row whose tests all passed has equal numbers."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "Julia tests",
    (b" | ",),
    passes=r"^.{1,300} \|\s{1,8}(?P<passed>\d{1,7})\s{1,12}(?P=passed)\s{1,12}(?:\d{1,4}m)?\d{1,4}\.\d{1,2}s$",
)
