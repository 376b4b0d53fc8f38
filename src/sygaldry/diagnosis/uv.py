"""uv and PDM, pipenv: resolvers that explain in prose."""

from itertools import takewhile
from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Rule, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_CONCLUSION: Final = lazy_pattern(r"\bunsatisfiable\b")
_CONCLUDED: Final = lazy_pattern(r",? we can conclude that your (?:project's )?requirements are unsatisfiable\.?$")
_CAUSES: Final = 8
_ARROW: Final = lazy_pattern(r"^\W*(?:cause: )?")
_HEAD: Final = lazy_pattern(r"^\W*(?:error: |cause: )?")
_NAMELESS: Final = lazy_pattern(
    r"^\W*(?:cause: )?(?:No such file or directory|Permission denied|Connection refused|Is a directory|Not a directory|File exists|Broken pipe"
    r"|No space left on device|Read-only file system|Text file busy|operation timed out|unexpected end of file|early eof)(?: \(os error \d{1,4}\))?$"
)
_LONG: Final = 270  # characters of a reason in the sentence
_VERSION: Final = lazy_pattern(r"^\s+[\w.\[\]-]{1,80}(?:[<>=!~]=?\S{1,60})$")  # one of those that are available
_SHOWN: Final = 8  # lines of a reason; of a longer one its start and its end


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """The reason is the prose below, up to its conclusion or else to an empty line."""
    if _NAMELESS.search(hit.line.text):
        return _with_subject(hit, window)
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
    prose = prose[max(prose.find("Because "), 0) :]  # without the arrow, which a console may have garbled
    return Explanation(
        (hit.line, *reason[:7]), says=f"no solution found: {_both_ends(prose)}" if "ecause" in prose else ""
    )


def _with_subject(hit: Hit, window: Window) -> Explanation:
    """An error of the operating system has no name in it: the line above the causes tells what it happened to."""
    above = takewhile(
        lambda line: line.text.strip(), reversed(window.lines[max(window.index - _CAUSES, 0) : window.index])
    )
    subject = next((line for line in above if not _NAMELESS.search(line.text)), None)
    if subject is None:
        return Explanation((hit.line,))
    what = _ARROW.sub("", hit.line.text).strip()
    return Explanation((subject, hit.line), says=f"{_HEAD.sub('', subject.text).strip()}: {what}")


def _both_ends(prose: str) -> str:
    """Keep the first premise of a long reason and the last one, which names what the project asked for."""
    last = _CONCLUDED.sub("", prose[prose.rfind("ecause ") - 1 :])
    if len(prose) <= _LONG or len(last) > _LONG * 2 // 3:
        return prose
    return f"{prose[: _LONG - len(last) - 3].rstrip()} … {last}"


FAMILY: Final = Family(
    "uv and its kind",
    (
        Rule(
            "no solution found when resolving",
            r"No solution found when resolving",
            86,
            "the versions asked for cannot be satisfied together",
            "loosen one of the pins named there",
        ),
        Rule("╰─▶", r"╰─▶ (?!Call to )(?P<what>.{3,300})", 80, ""),
        Rule("`-> ", r"^\s*`-> (?!Call to )(?P<what>.{3,300})", 80, ""),  # on a console without these characters
        Rule(  # uv since 0.12
            "cause: ",
            r"^ {2}cause: (?!Call to |The build backend returned an error|Failed to )(?P<what>.{3,300})",
            80,
            "",
        ),
        Rule(
            "call to", r"(?:╰─▶|`->|cause:) (?P<what>Call to .{3,300})", 45, ""
        ),  # the back end's own error is below it
        Rule(
            "depends on",
            r"^\s*(?:×|Because|And because|So, because) (?P<what>.{1,300}depends on.{1,300})",
            80,
            "the versions asked for cannot be satisfied together",
        ),
        Rule("the build backend returned", r"The build backend returned an error", 33),
        Rule(
            "failed to build",
            r"(?:[×x]|^error:) Failed to build `?(?P<what>[^`\s]{1,100})",
            60,
            "{what} cannot be built",
        ),
        Rule(
            "failed to download",
            r"(?:[×x]|^error:) Failed to (?:download|fetch)(?: and build)? `?(?P<what>[^`\s]{1,200})",
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
            "no interpreter found",
            r"No interpreter found for (?P<what>.{1,200})",
            86,
            "no interpreter found for {what}",
        ),
    ),
    _explains,
)
