"""The report of one failed test, as pytest prints it: its title, the lines marked E, its place, what it printed.

https://docs.pytest.org/en/stable/how-to/output.html
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from sygaldry.diagnosis import Explanation, Line, Window
from sygaldry.diagnosis._captured_output import captured_error, is_vague, without_logger
from sygaldry.diagnosis._wrappers import is_wrapper
from sygaldry.model.lazy_pattern import lazy_pattern

ERROR: Final = lazy_pattern(r"^E {1,}\S")
TITLE: Final = lazy_pattern(r"^_{3,} (?P<title>.{1,150}?) _{3,}$")
HEAD: Final = lazy_pattern(r"^_{3,} \S|^(?:_ ){4,}|^[=-]{3,} \S")  # of another report, frame or section
_EXCEPTION: Final = lazy_pattern(r"^E +\w[\w.]*(?:Error|Exception|Failed)\b")
_ROOT: Final = lazy_pattern(r"E +\w[\w.]*(?:Error|Exception|Failed)\b|E +assert ")
_REPLACED: Final = "During handling of the above exception"
_PRINTED: Final = lazy_pattern(r"^E +(?:[\w./-]{1,60}: )?(?i:error|fatal): .{4,}")
_CALL: Final = lazy_pattern(r"^E +(?P<call>Expected|Actual): (?=\S)")  # of unittest.mock
_PLACE: Final = lazy_pattern(r"^(?P<where>\S{1,200}:\d+): (?:in \S+|\w*(?:Error|Exception|Warning|Failed))?")
_MARK: Final = lazy_pattern(r"^E {1,16}")
_MESSAGE: Final = 10  # lines of an assertion's message
_LONGEST: Final = 80  # lines marked E
_SHOWN: Final = 3
_QUOTED: Final = 160  # characters of a line in the sentence


class _Report(NamedTuple):
    """The report of one test: its title if it is in sight, the lines marked E, of which there is one, and its place."""

    title: tuple[Line, ...]
    errors: Sequence[Line]
    where: str

    def show(self, *lines: Line, says: str = "") -> Explanation:
        """Show some of its lines below its title."""
        return Explanation((*self.title, *lines), says=says, where=self.where)


def from_the_report(window: Window) -> Explanation:
    """Show the first lines marked E of this test, its title and its place; its output where they name no reason."""
    first = _end_of_chain(window)
    while first > 0 and ERROR.match(window.lines[first - 1].text):
        first -= 1
    report = _read(window.lines, first)
    return (
        _as_calls(report)
        or _with_captured(report, window.lines, first)
        or _with_printed(report)
        or report.show(*_telling(report.errors))
    )


def _read(lines: Sequence[Line], first: int) -> _Report:
    marked = takewhile(lambda line: line.text.startswith("E"), lines[first : first + _LONGEST])
    above = reversed(lines[:first])
    title, name = next(((line, found["title"]) for line in above if (found := TITLE.match(line.text))), (None, ""))
    where = ", ".join(filter(None, (name, _place(lines, first))))
    return _Report((title,) if title else (), [line for line in marked if ERROR.match(line.text)], where)


def _as_calls(report: _Report) -> Explanation | None:
    """A mock that was not called as expected names both calls."""
    calls = {found["call"]: line.text for line in report.errors if (found := _CALL.match(line.text))}
    if len(calls) < 2 or "call not found" not in report.errors[0].text:
        return None
    says = "; ".join(f"{name} {_CALL.sub('', text).strip()}" for name, text in calls.items())
    return report.show(*report.errors[:_SHOWN], says=says)


def _with_captured(report: _Report, lines: Sequence[Line], first: int) -> Explanation | None:
    """An error that only wraps another one, or names no reason, has it in what the test printed."""
    own = [line for line in report.errors if _EXCEPTION.match(line.text)]
    is_wrapped = bool(own) and all(is_wrapper(line.text) for line in own)
    if not (is_wrapped or is_vague(report.errors[0].text)):
        return None
    printed = captured_error(lines, first)
    if printed is None:
        return report.show(*own[:2]) if is_wrapped else None
    stated = own[0] if own else report.errors[0]
    says = f"{_plain(stated)}; the test printed: {without_logger(printed.text)[:_QUOTED]}"
    return report.show(stated, printed, says=says)


def _with_printed(report: _Report) -> Explanation | None:
    """The message of an assertion may quote the error of the program that it ran."""
    stated = report.errors[0]
    printed = next((line for line in report.errors[1:_MESSAGE] if _PRINTED.match(line.text)), None)
    if printed is None or _PRINTED.match(stated.text):
        return None
    return report.show(stated, printed, says=f"{_plain(stated)} … {_plain(printed)}")


def _telling(errors: Sequence[Line]) -> Sequence[Line]:
    root = [line for line in errors if _ROOT.match(line.text)]
    return root[-1:] if root and "rror: No module" in root[-1].text else errors[:_SHOWN]


def _plain(line: Line) -> str:
    return _MARK.sub("", line.text.strip())[:_QUOTED]


def _end_of_chain(window: Window) -> int:
    """Return where the exception is that ended the test: handling another one, it replaced it."""
    found, at = window.index, window.index + 1
    replaced = False
    while at < len(window.lines) and not TITLE.match(text := window.lines[at].text):
        if text.startswith("==="):
            break
        if text.startswith(_REPLACED):
            replaced = True
        elif replaced and _EXCEPTION.match(text):
            found, replaced = at, False
        at += 1
    return found


def _place(lines: Sequence[Line], first: int) -> str:
    """Find the place of a failure: below it in the long style, above it in the short one."""
    below = takewhile(lambda line: not HEAD.match(line.text), lines[first + 1 : first + 16])
    above = takewhile(lambda line: not HEAD.match(line.text), reversed(lines[max(first - 8, 0) : first]))
    return next((found["where"] for line in (*below, *above) if (found := _PLACE.match(line.text))), "")
