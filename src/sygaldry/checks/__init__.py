"""Checks of this machine: one question per file, answered by a finding with its remedy.

To add a check, write `checks/NAME.py` that exports `CHECK = Check(title, asks, judge)`, and its test with a good, a
bad and a missing answer. `asks` lists probes for host: programs to run or files to read. `judge` turns their answers,
in the same order, into a finding. The answer for a missing file is None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sygaldry.model.finding import Finding
from sygaldry.model.probe import Answer, FileText, Probe

__all__ = ["Answer", "Check", "FileText", "Probe"]


@dataclass(frozen=True)
class Check:
    """One question. `judge` receives one answer per probe, in the same order."""

    title: str
    asks: tuple[Probe, ...]
    judge: Callable[..., Finding]

    def finding(self, answers: tuple[Answer, ...]) -> Finding:
        """Judge the answers."""
        arguments: tuple[Any, ...] = answers
        return self.judge(*arguments)
