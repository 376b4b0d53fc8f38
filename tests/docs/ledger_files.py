"""The file names that docs/reference/job-ledger.md lists, as patterns."""

import re
from functools import cache
from pathlib import Path

_PAGE = Path(__file__).parents[2] / "docs" / "reference" / "job-ledger.md"
_RUN = r"\d{8}T\d{9}Z(-a\d+)?"
_JOB = r"[A-Za-z0-9][A-Za-z0-9._-]*"


@cache
def names() -> tuple[str, ...]:
    """Return the names in the first column of the tables of files."""
    rows = [line for line in _PAGE.read_text().split("\n## ")[0].splitlines() if line.startswith("| `")]
    return tuple(name for row in rows for name in re.findall(r"`([^`]+)`", row.split(" | ")[0]))


def is_documented(name: str) -> bool:
    """Return whether the reference names a file."""
    return any(_pattern(each).fullmatch(name) for each in names())


def _pattern(name: str) -> re.Pattern[str]:
    """Make a pattern of a name: J is a job, R a run, N and PID are numbers, NAME is any word."""
    escaped = re.escape(name.rpartition("/")[2] or name.rstrip("/"))
    words = {"PID": r"\d+", "NAME": r"[\w.-]+"}
    escaped = re.sub("PID|NAME", lambda found: words[found[0]], escaped)
    escaped = re.sub(r"(?<![A-Za-z])N(?![A-Za-z])", r"\\d+", escaped)
    return re.compile(re.sub(r"^J", _JOB, escaped.replace(r"J\-R", rf"{_JOB}-{_RUN}")))
