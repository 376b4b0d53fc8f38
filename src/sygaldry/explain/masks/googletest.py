"""GoogleTest: the output of a test stands between its RUN and its OK."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "GoogleTest",
    (b"[ RUN ", b"  OK ]", b"SKIPPED ]", b"FAILED  ]"),
    passes=r"^(?:\d+: )?\[\s{1,10}(?:OK|SKIPPED) \]",
    opens=r"^(?:\d+: )?\[ RUN\s{1,8}\]",
    fails=r"^(?:\d+: )?\[  FAILED  \]",
)
