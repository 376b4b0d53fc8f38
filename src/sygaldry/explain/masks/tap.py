"""TAP and prove: `ok`, and `not ok` of tests that are to do or skipped."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "TAP",
    (b"ok ", b" ok", b"# SKIP", b"# TODO", b"# skip", b"skipped"),
    passes=r"^\s{0,40}ok \d{1,6}\b|^\s{0,40}not ok \d.{0,300}# ?(?i:todo|skip)\b|^\S{1,200} \.{2,80} ?(?:ok|skipped.{0,100})$",
)
