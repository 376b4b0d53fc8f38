"""uv and Poetry, PDM, pipenv: resolvers that explain in prose."""

import re
from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Rule, Window

_CONCLUSION: Final = re.compile(r"(?:requirements|project's requirements) are unsatisfiable")
_RESOLVER: Final = ("╰─▶", "╰──▶", "hint:", "And because", "Because", "And ", "we can conclude")


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """The reason is the prose below, up to an empty line."""
    lines = [hit.line]
    for line in window.lines[window.index + 1 : window.index + 9]:
        if not line.text.strip():
            break
        lines.append(line)
    end = next(
        (at for at in range(window.index + 1, len(window.lines)) if _CONCLUSION.search(window.lines[at].text)), 0
    )
    if end > window.index + len(lines):
        return Explanation((*lines[:3], *window.lines[end - 2 : end + 1]))
    return Explanation(tuple(lines[:7]))


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
        Rule("╰─▶", r"╰─▶ (?P<what>.{3,300})", 80, ""),
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
        Rule("failed to build", r"× Failed to build `?(?P<what>[^`\s]{1,100})", 60, "{what} cannot be built"),
        Rule(
            "failed to download",
            r"× Failed to (?:download|fetch)(?: and build)? `?(?P<what>[^`\s]{1,200})",
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
