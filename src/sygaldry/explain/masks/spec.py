"""Reporters that print a tick after each passing test: Mocha, Jest, Vitest, node:test, Karma, RSpec's kin."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "ticks",
    (
        "✓".encode(),
        "✔".encode(),
        "√".encode(),
        "✗".encode(),
        "✖".encode(),
        "✕".encode(),
        "×".encode(),
        b"1) ",
        b" passing",
        b" passed",
        b"Tests",
        b"Test Files",
        b"Test Suites",
        b"Executed ",
        b" pass ",
        b" tests ",
        b" spec",
    ),
    passes=r"^\s{0,40}[✓✔√] ",
    fails=r"^\s{0,40}(?:[✗✖✕×] |\d{1,4}\) )",
    encloses=True,
    proof=r"(?i)\b\d{1,6} (?:passing|passed|pass)\b|^\s{0,8}(?:Tests|Test Files|Test Suites|Executed)[: ]|^(?:ℹ|#) (?:tests|pass) \d|\d specs?,",
)
