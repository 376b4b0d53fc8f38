"""What one check found out about this machine."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Unknown is not ok: a check that could not look says so."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True)
class Finding:
    """A verdict with its evidence and, unless it is fine, the command that mends it."""

    verdict: Verdict
    summary: str
    remedy: str = ""
    evidence: str = ""
