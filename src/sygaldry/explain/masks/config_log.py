"""A config.log that debhelper or a script prints: what its probes printed, up to the last one, which ended configure."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "config.log",
    (b"This file contains any messages produced by", b": checking ", b": error: "),
    passes=r"^configure:\d{1,7}: checking ",
    opens=r"^This file contains any messages produced by compilers while$",
    fails=r"^configure:\d{1,7}: error: ",
    encloses=True,
)
