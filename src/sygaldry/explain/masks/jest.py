"""Jest: the console output of a test file that passes stands below its PASS line."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "Jest",
    (b"PASS ", b"FAIL ", b"Test Suites:", b"Summary of all"),
    passes=r"^\s{0,4}PASS\s{1,4}\S{1,300}",
    fails=r"^\s{0,4}FAIL\s{1,4}\S|^Summary of all failing|^Test Suites:",
    encloses=True,
)
