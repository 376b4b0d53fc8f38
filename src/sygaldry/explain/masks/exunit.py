"""ExUnit's trace: each test with its time; a failed one is printed again, numbered, with its reason."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "ExUnit",
    (b"* test ", b"* doctest ", b"* property "),
    passes=r"^\s{0,4}\* (?:test|doctest|property) .{1,400} \((?:\d{1,8}(?:\.\d{1,3})?ms|excluded|skipped)\)(?: \[L#\d{1,6}\])?$",
)
