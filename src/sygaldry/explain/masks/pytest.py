"""pytest: tests that pass, are skipped or are expected to fail, and its summaries of them."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "pytest",
    (b"PASSED", b"SKIPPED", b"XFAIL", b"RERUN"),
    passes=r"^\S{1,300}::\S{1,300} .{0,200}(?:PASSED|SKIPPED|XFAIL|RERUN)|^(?:\[gw\d+\] .{0,20})?(?:PASSED|SKIPPED|XFAIL|RERUN)\b",
)
