"""Reporters that print a tick after each passing test: Mocha, Jest, Vitest, node:test, Karma, RSpec's kin."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "ticks",
    ("✓".encode(), "✔".encode(), "√".encode(), "✗".encode(), "✖".encode(), "✕".encode(), "×".encode(), b"1) "),
    passes=r"^\s{0,40}[✓✔√] ",
    fails=r"^\s{0,40}(?:[✗✖✕×] |\d{1,4}\) )",
    encloses=True,
)
