"""uv and Poetry, PDM, pipenv: resolvers that explain in prose."""

import re
from itertools import takewhile
from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Rule, Window

_CONCLUSION: Final = re.compile(r"\bunsatisfiable\b")
_CLEO: Final = re.compile(r"^ {2,4}at (?P<where>\S{1,300}\.py:\d{1,7}) in \S{1,80}$")
_NAME: Final = re.compile(r"^ {2,4}[A-Z]\w{1,80}$")  # of the exception, alone above its message
_VERSION: Final = re.compile(r"^\s+[\w.\[\]-]{1,80}(?:[<>=!~]=?\S{1,60})$")  # one of those that are available
_REPORT: Final = 30  # lines of a report above the place that raised the exception
_SHOWN: Final = 8  # lines of a reason; of a longer one its start and its end
_RESOLVER: Final = ("╰─▶", "╰──▶", "hint:", "And because", "Because", "And ", "we can conclude")


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """The reason is the prose below, up to its conclusion or else to an empty line."""
    if _CLEO.match(hit.line.text):
        return _report_of_poetry(hit, window)
    below = window.lines[window.index + 1 :]
    end = next((at for at, line in enumerate(below) if _CONCLUSION.search(line.text)), None)
    if end is None:
        reason = list(takewhile(lambda line: line.text.strip(), below[:8]))
    else:  # PowerShell's broken lines leave empty ones when they are joined
        reason = [line for line in below[: end + 1] if line.text.strip()]
    because = next((at for at, line in enumerate(reason) if "Because" in line.text), 0)
    reason = reason[because:]  # without the markers of the split
    if len(reason) > _SHOWN:
        reason = [*reason[: 4 if because else 2], *reason[-3:]]
    prose = " ".join(line.text.strip(" ╰─▶├│") for line in reason if not _VERSION.match(line.text))
    return Explanation((hit.line, *reason[:7]), says=f"no solution found: {prose}" if "ecause" in prose else "")


def _report_of_poetry(hit: Hit, window: Window) -> Explanation | None:
    """The message stands between the name of the exception and the place that raised it."""
    above = window.lines[max(window.index - _REPORT, 0) : window.index]
    at = next((at for at in range(len(above) - 1, -1, -1) if _NAME.match(above[at].text)), None)
    if at is None:
        return None
    name, *message = (line for line in above[at:] if line.text.strip())
    if not message:
        return None
    says = f"{name.text.strip()}: {' '.join(line.text.strip() for line in message)}"
    return Explanation((name, *message[:4]), says=says, where=hit.match["where"])


FAMILY: Final = Family(
    "uv, Poetry and their kind",
    (
        Rule(
            "no solution found when resolving",
            r"No solution found when resolving",
            86,
            "the versions asked for cannot be satisfied together",
            "loosen one of the pins named there",
        ),
        Rule(".py:", _CLEO.pattern, 82, ""),  # Poetry prints the place below the message
        Rule("╰─▶", r"╰─▶ (?!Call to )(?P<what>.{3,300})", 80, ""),
        Rule("`-> ", r"^\s*`-> (?!Call to )(?P<what>.{3,300})", 80, ""),  # on a console without these characters
        Rule("call to", r"(?:╰─▶|`->) (?P<what>Call to .{3,300})", 45, ""),  # the back end's own error is below it
        Rule(
            "depends on",
            r"^\s*(?:×|Because|And because|So, because) (?P<what>.{1,300}depends on.{1,300})",
            80,
            "the versions asked for cannot be satisfied together",
        ),
        Rule(
            "version solving failed",
            r"version solving failed",
            70,
            "the versions asked for cannot be satisfied together",
            before=3,
        ),
        Rule(
            "solverproblemerror",
            r"SolverProblemError",
            60,
            "the versions asked for cannot be satisfied together",
            after=6,
        ),
        Rule("failed to build", r"[×x] Failed to build `?(?P<what>[^`\s]{1,100})", 60, "{what} cannot be built"),
        Rule(
            "failed to download",
            r"[×x] Failed to (?:download|fetch)(?: and build)? `?(?P<what>[^`\s]{1,200})",
            78,
            "{what} cannot be downloaded",
            "try again; check network and index",
            Kind.TRANSIENT,
        ),
        Rule(
            "lockfile",
            r"(?P<what>(?:The )?lockfile .{0,120}(?:needs to be updated|is out of date|is not up to date).{0,120})",
            84,
            "the lock file is older than the project file",
            "make the lock anew and commit it",
        ),
        Rule(
            "pyproject.toml changed significantly",
            r"pyproject\.toml changed significantly since poetry\.lock",
            86,
            "the lock file is older than pyproject.toml",
            "poetry lock",
        ),
        Rule("no interpreter found", r"No interpreter found for (?P<what>.{1,200})", 86, "no {what} is here"),
    ),
    _explains,
)
