"""cargo test: results of tests that pass, are ignored, or panic as they should."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "cargo test",
    (b"... ok", b"... ignored", b"... \n", b"...\n", b"\nok\n", b"\nFAILED\n"),
    opens=r"^test .{1,300} \.\.\. ?$",
    fails=r"^FAILED$",
    passes=r"^ok$|^test .{1,300} \.\.\. (?:ok|ignored)\b|^test .{1,300} - should panic \.\.\. ok",
)
