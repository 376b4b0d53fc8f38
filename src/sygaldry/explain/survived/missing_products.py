"""Errors that only say that something is not there, which an earlier failure may not have made."""

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from sygaldry.explain.match_rules import Match
from sygaldry.explain.survived.related import is_related
from sygaldry.explain.survived.small_errors import is_small
from sygaldry.model.lazy_pattern import lazy_pattern

# Tools that make something, and those that use what was made.
_BUILDERS: Final = frozenset(
    {
        *(
            "compilers",
            "linkers",
            "nvcc",
            "fortran",
            "cmake",
            "make",
            "autotools",
            "meson",
            "bazel",
            "spack",
            "rust",
            "go",
        ),
        *("warnings_as_errors", "docker", "apptainer", "pip", "uv", "npm"),
    }
)
_COMPILERS: Final = frozenset({"compilers", "linkers", "nvcc", "fortran"})  # without make, nothing reports their end
_USERS: Final = frozenset({"programs", "shell", "python", "docker", "make", "apptainer", "slurm", "storage", "generic"})
# What is not there may be what an earlier step did not make.
_ABSENT: Final = lazy_pattern(
    r"(?i)no such (?:file|table|relation|database|image|target)|not found|does not exist|cannot stat|no rule to make|no targets specified|cannot find|can't open"
    r"|could not find|cannot open|no module named|missing|pull access denied|could not open image"
)
_BY_MAKE: Final = lazy_pattern(r"^\S{0,80}make(?:\[\d{1,3}\])?: ")
# Any failure may be why there is no makefile.
_NO_MAKEFILE: Final = lazy_pattern(r"no makefile found|No rule to make target 'Makefile'")
_REASON: Final = 70  # a rule of this weight names a reason of its own
_FAR: Final = 300  # lines above a missing thing in which an unrelated failure lowers the confidence
_SOON: Final = 60  # lines after a failed build in which something is missed


def is_about_absence(each: Match) -> bool:
    """Return whether a message only says that something is not there."""
    return _is_absent(each.hit.line.text)


@lru_cache(4_096)
def _is_absent(text: str) -> bool:
    return bool(_ABSENT.search(text))


def may_follow(each: Match, other: Match) -> bool:
    """Return whether an error may be about something that an earlier, unrelated failure did not make."""
    compiles = each.name in _COMPILERS and other.name not in _BUILDERS
    far = _FAR if each.name in _USERS else _SOON if compiles else 0
    above = 0 < each.hit.line.number - other.hit.line.number <= far and other.hit.rule.weight >= _REASON
    return above and is_about_absence(each) and not is_small(other) and not is_related(each, other)


def missed_after_a_build(hits: Sequence[Match], own: Sequence[Match], runs: Sequence[int]) -> list[int]:
    """Return the lines that miss something shortly after a build of the `own` errors failed; at `runs`, tools ended."""
    builds = sorted(each.hit.line.number for each in own if _is_of(_BUILDERS, each))
    compilers = sorted(each.hit.line.number for each in own if _is_of(_COMPILERS, each))
    failed = sorted(each.hit.line.number for each in own if each.hit.rule.weight >= _REASON)
    missed = []
    for each in hits:
        if each.name not in _USERS or not is_about_absence(each):
            continue
        number = each.hit.line.number
        failure = _last_before(failed, number)
        if failure and number - failure <= _SOON and _NO_MAKEFILE.search(each.hit.line.text):
            missed.append(number)
            continue
        ended = _last_before(runs, number)
        if not builds or builds[0] > ended:
            ended = 0
        ended = max(ended, _last_before(compilers, number))
        if ended and number - ended <= _SOON:
            missed.append(number)
    return missed


def _is_of(families: frozenset[str], each: Match) -> bool:
    named = each.name in families or (families is _BUILDERS and _BY_MAKE.match(each.hit.line.text))
    return bool(named) and each.hit.rule.weight >= _REASON


def _last_before(numbers: Sequence[int], number: int) -> int:
    at = bisect_left(numbers, number)
    return numbers[at - 1] if at else 0
