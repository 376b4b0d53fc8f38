"""Tests that a reporter lists as skipped, pending or to do, and the words Bun and Deno have for a passing one."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "skipped tests",
    (
        "↓ ".encode(),
        "○ ".encode(),
        "﹣ ".encode(),
        *(b"(pass) ", b"(skip) ", b"(todo) "),
        *(b" ... ok (", b" ... ignored ("),
        *(b"(skipped", b"(PENDING"),
    ),
    passes=(
        r"^\s{0,40}(?:[↓﹣] |○ (?:skipped|todo) )"  # Vitest, node:test, Jest
        r"|^\((?:pass|skip|todo)\) \S"  # Bun
        r"|^.{1,400} \.\.\. (?:ok|ignored) \(\d{1,7}m?s\)$"  # Deno
        r"|^\s{0,40}- .{1,400} \(skipped(?:: .{0,200})?\)$"  # Bats
        r"|^\s{1,40}.{1,400} \(PENDING: .{1,300}\)$"  # RSpec
    ),
)
