"""One question about this machine a file, one finding with its remedy each.

To add a check, write `checks/NAME.py` that exports `CHECK = Check(title, asks, judge)`, and its test with a good, a
bad and a missing answer. `asks` are probes that host carries out: programs to run or files to read; `judge` turns
their answers, in the same order, into a finding. A file that is not there answers None.
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
    """One question. `judge` is called with as many answers as there are probes, each of its probe's kind."""

    title: str
    asks: tuple[Probe, ...]
    judge: Callable[..., Finding]

    def finding(self, answers: tuple[Answer, ...]) -> Finding:
        """Judge the answers."""
        given: tuple[Any, ...] = answers
        return self.judge(*given)
