"""Compare two locks."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.environment import load_lock
from sygaldry.model.report import Report
from sygaldry.spack.lock_diff import difference, format_difference


def env_diff(old: str, new: str, resolved: Resolved, workspace: Path) -> Report:
    """Report what differs, roots first; exit code 1 when something does."""
    found = difference(load_lock(old, resolved, workspace), load_lock(new, resolved, workspace))
    lines = format_difference(found) or ("the two locks install the same",)
    return Report({"equal": found.is_empty, **asdict(found)}, lines, exit_code=0 if found.is_empty else 1)
