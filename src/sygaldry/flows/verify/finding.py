"""What a comparison of this machine with the lock finds."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final, Literal

Verdict = Literal["equal", "differs", "unknown"]
EQUAL: Final = "equal"
DIFFERS: Final = "differs"
UNKNOWN: Final = "unknown"


@dataclass(frozen=True)
class Finding:
    """One thing of the lock: whether it is here as locked. `details` list what differs, `remedy` what to type."""

    kind: str
    name: str
    verdict: Verdict
    summary: str
    details: tuple[str, ...] = ()
    remedy: str = ""
    author: str = ""  # who could have changed it

    def line(self) -> str:
        return f"{self.verdict:8} {self.kind} {self.name}: {self.summary}"


def unreadable(kind: str, name: str, error: OSError) -> Finding:
    """Return the finding for what this user cannot read: nothing is known of it."""
    path = os.fsdecode(error.filename) if error.filename else name
    return Finding(kind, name, UNKNOWN, f"{path} cannot be read: {error.strerror}", remedy=f"look at it: ls -ld {path}")
