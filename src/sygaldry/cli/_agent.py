"""Tell whether a coding agent drives, who pays for every word."""

from __future__ import annotations

import os

_VARIABLES = ("CLAUDECODE", "OPENCODE_CLIENT", "AI_AGENT")


def is_agent() -> bool:
    """Look for the variables that agents set."""
    return any(os.environ.get(name) for name in _VARIABLES)
