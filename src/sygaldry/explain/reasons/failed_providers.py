"""What should have brought a missing thing, and failed above: a download, a mount, an environment, a generator."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis import Cause, Line, Window
from sygaldry.explain.text import shorten
from sygaldry.model.lazy_pattern import lazy_pattern
from sygaldry.model.value import replace

# What is not there; the only group that matched is its name.
_MISSING: Final = lazy_pattern(
    r"([\w./+-]{2,300})['’\"]?: (?:Cannot \w+: )?(?:No such file or directory|command not found|not found)\b|(?:No such file or directory|cannot find|can't open file)[:,]? ['\"]?([\w./+-]{2,300})"
    r"|No module named '?([\w.]{2,100})|([\w.+-]{2,80}) is not installed|[\"']([\w./+-]{2,300})[\"'] (?:does not|doesn't) exist|\bNo rule to make target '([^']{2,200})'"
)
_USED: Final = lazy_pattern(r"command not found|No module named|: not found|activate: No such file|module file")
_ENVIRONMENT: Final = lazy_pattern(
    r"The following module\(s\) are unknown|Unable to locate a modulefile|EnvironmentNameNotFound: |Could not find conda environment|\bactivate: No such file or directory"
    r"|is not a virtualenv$|not created successfully because ensurepip|shell has not been properly configured to use 'conda activate'|EnvironmentLocationNotFound: "
)
_FETCHES: Final = lazy_pattern(
    r"^(?:.{0,40} )?(?:curl: \(\d{1,3}\) |ERROR \d{3}: |wget: |scp: |rsync(?: error)?: |download failed: |fatal error: An error occurred \(|fatal: (?:unable to access|repository|could not read|clone of|Could not read) ?)"
    r"|^mount(?:\.\w{1,12})?: |^(?:CommandException|ServiceException): "
)
# A generator, and how the names of what it makes begin or end.
_GENERATES: Final = lazy_pattern(
    r"^(?:\S{1,100}/)?(?P<program>protoc|bison|yacc|flex|swig|cython|moc|uic|flatc|thrift)\b.{0,3}: (?!(?i:warning|info|note)\b).{3,300}"
)
_MADE: Final = {
    "protoc": r"\.pb\.\w{1,3}$|_pb2",
    "bison": r"\.tab\.\w{1,3}$",
    "yacc": r"\.tab\.\w{1,3}$",
    "flex": r"^lex\.\w{1,20}\.c$|\.yy\.\w{1,3}$",
    "swig": r"_wrap\.\w{1,3}$",
    "cython": r"\.(?:c|cpp)$",
    "moc": r"^moc_|\.moc$",
    "uic": r"^ui_",
    "flatc": r"_generated\.",
    "thrift": r"_types\.",
}
_LEAST: Final = 4  # characters of a name that two messages share not by accident
_ABOVE: Final = 60
_SOURCE: Final = 6  # lines above a failed download in which its address stands
_MOST: Final = 150


def with_failed_provider(cause: Cause, hit: Line, window: Window) -> Cause:
    """Add to a cause that only misses something the line above that says why it is not there."""
    found = _MISSING.search(hit.text)
    if found is None:
        return cause
    name = next(filter(None, found.groups()))
    above = window.lines[max(window.index - _ABOVE, 0) : window.index]
    reason = _environment(above) if _USED.search(hit.text) else None
    reason = reason or _provider(above, name)
    if reason is None or any(line.number == reason.number for line in cause.lines):
        return cause
    line = reason._replace(text=shorten(reason.text))
    return replace(
        cause, says=f"{cause.says}; above: {shorten(reason.text.strip(), _MOST)}", lines=(line, *cause.lines)
    )


def _environment(above: Sequence[Line]) -> Line | None:
    at = next((at for at, line in enumerate(above) if _ENVIRONMENT.search(line.text)), None)
    if at is None:
        return None
    below = next((line for line in above[at + 1 : at + 3] if line.text.strip()), None)
    return below if below is not None and above[at].text.rstrip().endswith(":") else above[at]


def _provider(above: Sequence[Line], name: str) -> Line | None:
    """Return the last failure above of what fetches, mounts or makes a thing of that name."""
    base = name.rstrip("/").rpartition("/")[2]
    for at in range(len(above) - 1, -1, -1):
        text = above[at].text[:600]
        made = _GENERATES.match(text)
        if made is not None and re.search(_MADE[made["program"]], base):
            return above[at]
        if _FETCHES.search(text) and _is_about(name, base, above[max(at - _SOURCE, 0) : at + 1]):
            return above[at]
    return None


def _is_about(name: str, base: str, lines: Sequence[Line]) -> bool:
    texts = [line.text[:600] for line in lines]
    mounted = [word for word in re.findall(r"/[\w./-]{3,200}", texts[-1]) if name.startswith(f"{word.rstrip('/')}/")]
    return bool(mounted) or (len(base) >= _LEAST and any(base in text for text in texts))
