"""Echoed commands and the script that GitHub Actions lists before it runs a step: their words are not output."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "listings",
    (b"group]Run ", b"##[endgroup]", b"+ ", b"$ ", b"travis_cmd"),
    passes=r"^##\[endgroup\]|^(?:\+{1,4}|\$) [\w./\"'{(\[].{0,600}|^(?:Step|STEP) \d+/\d+ ?: ",
    opens=r"^##\[group\]Run ",
)
