"""Poetry: its reports, which print the message above the place that raised it, and its lock file."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Rule, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_PLACE: Final = lazy_pattern(r"^ {2,4}at (?P<where>\S{1,300}\.py:\d{1,7}) in \S{1,80}$")
_NAME: Final = lazy_pattern(r"^ {2,4}[A-Z]\w{1,80}$")  # of the exception, alone above its message
_SOLVED: Final = lazy_pattern(r"version solving failed")
_REPORT: Final = 30  # lines of a report above the place that raised the exception


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """The message stands between the name of the exception and the place that raised it."""
    if not _PLACE.match(hit.line.text):
        return _reason_of_the_solver(hit, window)
    above = window.lines[max(window.index - _REPORT, 0) : window.index]
    at = next((at for at in range(len(above) - 1, -1, -1) if _NAME.match(above[at].text)), None)
    if at is None:
        return None
    name, *message = (line for line in above[at:] if line.text.strip())
    if not message:
        return None
    says = f"{name.text.strip()}: {' '.join(line.text.strip() for line in message)}"
    return Explanation((name, *message[:4]), says=says, where=hit.match["where"])


def _reason_of_the_solver(hit: Hit, window: Window) -> Explanation:
    """The solver explains in prose, from the last "Because" at the margin to "version solving failed"."""
    near = window.lines[max(window.index - _REPORT, 0) : window.index + _REPORT]
    end = next((at for at, line in enumerate(near) if _SOLVED.search(line.text)), None)
    if end is None:
        return Explanation((hit.line,))
    start = next((at for at in range(end, -1, -1) if near[at].text.lstrip().startswith("Because ")), end)
    reason = [line for line in near[start : end + 1] if line.text.strip()]
    prose = " ".join(line.text.strip() for line in reason)
    return Explanation((*reason[:4], *reason[4:][-2:]), says=f"no solution found: {prose}")


FAMILY: Final = Family(
    "Poetry",
    (
        Rule(".py:", _PLACE.pattern, 82, ""),
        Rule(
            "version solving failed",
            r"version solving failed",
            70,
            "the versions asked for cannot be satisfied together",
        ),
        Rule(
            "solverproblemerror",
            r"SolverProblemError",
            60,
            "the versions asked for cannot be satisfied together",
        ),
        Rule(
            "pyproject.toml changed significantly",
            r"pyproject\.toml changed significantly since poetry\.lock",
            86,
            "the lock file is older than pyproject.toml",
            "poetry lock",
        ),
    ),
    _explains,
)
