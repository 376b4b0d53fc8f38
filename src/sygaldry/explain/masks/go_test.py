"""go test -v: the output of a test stands between `=== RUN` and its result."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "go test",
    (b"=== RUN", b"--- PASS", b"--- SKIP", b"--- FAIL", b"ok  \t"),
    passes=r"^\s{0,40}--- (?:PASS|SKIP): |^ok  \t",
    opens=r"^=== RUN ",
    fails=r"^\s{0,40}--- FAIL: ",
)
