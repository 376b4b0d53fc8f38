"""The error of a failed test that a summary only names: the one that most of the reports share, else the first.

A summary of pytest may omit the reasons; those of unittest, ctest, Go and jest have none.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis import Explanation, Line, Source
from sygaldry.diagnosis._wrappers import is_wrapper
from sygaldry.explain.context_window import window_around
from sygaldry.explain.rank import Candidate
from sygaldry.explain.steps import Standing
from sygaldry.explain.text import template
from sygaldry.model.lazy_pattern import lazy_pattern
from sygaldry.model.value import replace

_NAME: Final = lazy_pattern(
    r"^\s{0,8}(?:(?:FAILED|ERROR) \S{1,300}(?:\.py\S{0,300})?(?:\[.{0,120}\])?"  # pytest
    r"|(?:FAIL|ERROR): \w{1,120} \([\w.]{1,200}\)(?: .{0,80})?"  # unittest
    r"|\d{1,6} - \S{1,120} \((?:Failed|SEGFAULT|Timeout|Not Run|Subprocess aborted)\).{0,80}"  # ctest
    r"|The following tests FAILED:"
    r"|--- FAIL: \S{1,200} \([\d.]{1,12}s\)"  # Go
    r"|FAIL \S{1,200}\.(?:[cm]?[jt]sx?)(?: \([\d.]{1,12} m?s\))?"  # jest
    r"|● .{1,200})$"
)
_WRAPPED: Final = lazy_pattern(
    r"^(?:FAILED|ERROR) \S{1,300} - (?:[\w.]{1,80}\.)?(?:CalledProcessError|SystemExit|ChildProcessError)\b"
)
_TITLE: Final = lazy_pattern(r"^_{3,} .{1,200} _{3,}$")
_MARK: Final = lazy_pattern(r"^(?:E {1,16}|\S{1,300}:\d{1,7}: )")  # of pytest: its long style, and --tb=line
_ERROR: Final = lazy_pattern(
    r"^(?:E {2,16}\S|(?:E {1,16}|\S{1,300}:\d{1,7}: )?(?:[A-Za-z_][\w.]{0,120}(?:Error|Exception|Failed|Timeout)\b|assert )|E +fixture )"
)
_REPORT: Final = 60  # a rule of this weight names an error
_QUOTED: Final = 200  # characters of it in the sentence
_SHARED: Final = 2


def with_shared_error(explanation: Explanation, order: Sequence[Candidate], source: Source) -> Explanation:
    """Add the error to an explanation that has only names of failed tests; others are returned as they are."""
    if explanation.lines and all(_WRAPPED.match(line.text) for line in explanation.lines):
        return _with_printed_error(explanation, order)
    if not explanation.lines or not all(_is_name(line.text) for line in explanation.lines):
        return explanation
    candidate, count = _shared_error(order)
    if candidate is None:
        return explanation
    error = candidate.match.hit.line
    text = _plain(error)[:_QUOTED]
    says = explanation.says.rstrip(" .:") or "tests fail"
    says = f"{says}, most of them with {text}" if count >= _SHARED else f"{says}; the first error: {text}"
    report = candidate.match.family.explains
    found = report(candidate.match.hit, window_around(source, error)) if report is not None else None
    return replace(
        explanation, says=says, lines=(error, *explanation.lines), where=found.where if found else explanation.where
    )


def _with_printed_error(explanation: Explanation, order: Sequence[Candidate]) -> Explanation:
    """Add the error that a program printed to a summary that only names the program."""
    printed = next((each.match.hit.line for each in order if _is_printed(each)), None)
    if printed is None:
        return explanation
    says = f"{explanation.says.rstrip(' .:') or 'tests fail'}; it printed: {printed.text.strip()[:_QUOTED]}"
    return replace(explanation, says=says, lines=(printed, *explanation.lines))


def _is_printed(each: Candidate) -> bool:
    line, rule = each.match.hit.line, each.match.hit.rule
    quoted = line.text.startswith(("E  ", "FAILED ", "ERROR "))
    return each.standing > Standing.BEFORE and rule.weight >= _REPORT and not quoted and not is_wrapper(line.text)


def _is_name(text: str) -> bool:
    return bool(_NAME.match(text.rstrip()) or _TITLE.match(text))


def _shared_error(order: Sequence[Candidate]) -> tuple[Candidate | None, int]:
    """Return the commonest error of the reports, of equals the first, and how many lines report it."""
    errors = sorted((each for each in order if _is_error(each)), key=lambda each: each.match.hit.line.number)
    shapes = [template(_plain(each.match.hit.line)) for each in errors]
    if not shapes:
        return None, 0
    shape, count = Counter(shapes).most_common(1)[0]
    return errors[shapes.index(shape)], count if count * 2 > len(errors) else 1


def _is_error(each: Candidate) -> bool:
    text, rule = each.match.hit.line.text, each.match.hit.rule
    return (
        each.standing > Standing.BEFORE and rule.weight >= _REPORT and bool(_ERROR.match(text)) and not is_wrapper(text)
    )


def _plain(line: Line) -> str:
    return _MARK.sub("", line.text.strip())
