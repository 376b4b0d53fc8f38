"""Detect a coding agent as the caller: it pays for every word, so Sygaldry prints less."""

from __future__ import annotations

import os

_VARIABLES = ("CLAUDECODE", "OPENCODE_CLIENT", "AI_AGENT")


def is_coding_agent() -> bool:
    """Return whether a variable that coding agents set is present."""
    return any(os.environ.get(name) for name in _VARIABLES)
