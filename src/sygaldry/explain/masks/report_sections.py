"""Sections of test reports about tests that pass, are pending or only warn: pytest's PASSES, RSpec's Pending."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "report sections",
    (
        b" PASSES ",
        b" warnings summary ",
        b" XFAILURES ",
        b" FAILURES ",
        b" ERRORS ",
        b" short test",
        b"Pending:",
        b"Failures:",
    ),
    passes=r"^={4,} [A-Za-z ]{4,40} ={4,}$|^Failures:$",
    opens=r"^={4,} (?:PASSES|XFAILURES|warnings summary)\b|^Pending:",
)
