"""Echoed commands, and code below a frame: no output of theirs."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "listings",
    (
        b"+ ",
        b"$ ",
        b"] RUN ",
        b"] COPY ",
        b"] ADD ",
        b"Step ",
        b"STEP ",
        b" ---> ",
        b"  raise ",
    ),
    passes=r"^(?!\+{1,4} exit [1-9])(?:\+{1,4}|\$) [\w./\"'{(\[].{0,600}|^(?:#\d{1,5}| >) \[.{1,80}\] [A-Z]{3,12} |^(?:\[\d+/\d+\] )?(?:Step|STEP) \d+/\d+ ?: |^ ---> (?:Running in )?[0-9a-f]{12}$|^ {2,12}raise [A-Za-z_][\w.]{0,80}\(",
)
