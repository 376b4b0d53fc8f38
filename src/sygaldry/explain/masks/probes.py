"""Configure probes: a feature that is not there is an answer, not a failure."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "probes",
    (b"hecking ", b"Looking for ", b"Performing Test", b"Could NOT find", b": YES", b": NO", b"Detecting "),
    passes=r"^(?:configure: )?[Cc]hecking .{1,300}\.\.\. ?(?:\(cached\) )?(?:no|yes|none(?: needed)?|not found|unsupported)\b.{0,60}$"
    r"|^-- (?:Looking for|Performing Test|Detecting|Check) .{1,300} - (?:not found|Failed|failed|no|found|done|Success)$"
    r"|^-- Could NOT find \w{1,60} \(missing: .{1,200}\)\s?$|^(?:Compiler for|Program|Library|Header|Has header) .{1,200} (?:found)?: ?(?:NO|YES)\b.{0,100}$",
)
