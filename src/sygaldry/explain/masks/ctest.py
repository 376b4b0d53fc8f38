"""CTest and automake: the results of tests that pass, are skipped or are expected to fail."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "CTest",
    (b" Test ", b"PASS: ", b"SKIP: ", b"XFAIL: ", b" Start "),
    passes=r"^\s{0,6}\d{1,6}/\d{1,6} Test\s{1,6}#\d{1,6}: .{1,200}(?:Passed|\*\*\*Skipped|\(Disabled\))|^(?:PASS|SKIP|XFAIL): ",
    opens=r"^\s{0,6}Start\s{1,6}\d{1,6}: ",
    fails=r"^\s{0,6}\d{1,6}/\d{1,6} Test\s{1,6}#\d{1,6}: .{1,200}\*\*\*(?!Skipped)|^\s{0,6}Start\s{1,6}\d{1,6}: ",
)
