"""A script that starts in the environment."""

from __future__ import annotations

from sygaldry.model.value import dataclass


@dataclass(frozen=True)
class Entrypoint:
    """`path` is where it is inside; `origin` says whose it is."""

    name: str
    path: str
    summary: str = ""
    origin: str = "sygaldry"


def summary_of(text: str) -> str:
    """Return the first comment of a script, which is its summary in the list."""
    lines = (line[1:].strip() for line in text.splitlines() if line.startswith("#") and not line.startswith("#!"))
    return next((line for line in lines if line), "")
