"""The reason of an error that stands below or above it: announced by a colon, a last `Caused by:`, a first exception."""

from typing import Final

from sygaldry.diagnosis import Explanation, Window
from sygaldry.diagnosis._tracebacks import EXCEPTION, first_raised, newest
from sygaldry.diagnosis._wrappers import is_wrapper
from sygaldry.explain.rank import Candidate
from sygaldry.explain.reasons.attempts import with_last_attempt
from sygaldry.explain.reasons.dead_workers import with_last_words
from sygaldry.explain.reasons.gives_up import reasons_above
from sygaldry.explain.reasons.same_object import reason_above
from sygaldry.model.value import replace

_REASONS: Final = 8  # lines between an error and the reason that is printed below it
_ANNOUNCES: Final = (":", " to fix, run")  # the latter by Bazel, above the command
_READ_CHAINS: Final = frozenset({"python", "pytest", "java"})  # families that follow chained exceptions themselves


def with_reason(explanation: Explanation, each: Candidate, window: Window) -> Explanation:
    """Add the lines that tell why."""
    explanation = _with_innermost_reason(_with_announced_lines(explanation, window), window)
    explanation = _with_same_object(_with_stated_reasons(explanation, window), window)
    explanation = _with_last_raised(_with_first_raised(explanation, each, window), each, window)
    return with_last_attempt(with_last_words(explanation, window), window)


def _with_announced_lines(explanation: Explanation, window: Window) -> Explanation:
    """A last line that ends in a colon announces what follows: show some of it."""
    if not explanation.lines or not explanation.lines[-1].text.rstrip().endswith(_ANNOUNCES):
        return explanation
    last = explanation.lines[-1].number
    follow = [line for line in window.lines if last < line.number <= last + 5 and line.text.strip()]
    if follow and follow[0].text.startswith("Call Stack"):
        return explanation
    return replace(explanation, lines=(*explanation.lines, *follow[:3]))


def _with_innermost_reason(explanation: Explanation, window: Window) -> Explanation:
    """Tools print the reasons of an error one below the other, each after `Caused by:`: the last one is the cause."""
    last = explanation.lines[-1].number if explanation.lines else 0
    reason, expected, far = None, False, last + _REASONS
    for line in window.lines[window.index + 1 :]:
        text = line.text.strip()
        if line.number > far or (text and not expected and not line.text.startswith((" ", "Caused by:", "╰", "│"))):
            break
        if text == "Caused by:":
            expected, far = True, line.number + _REASONS
        elif expected and text:
            reason, expected = line, False
    if reason is None or reason in explanation.lines:
        return explanation
    return replace(explanation, lines=(*explanation.lines, reason))


def _with_stated_reasons(explanation: Explanation, window: Window) -> Explanation:
    """Put the reasons first that a program printed before it only said that it gives up."""
    reasons = reasons_above(window.lines, window.index)
    if not reasons:
        return explanation
    return replace(explanation, lines=(*reasons, *explanation.lines), says=reasons[0].text.strip(" -*•"))


def _with_same_object(explanation: Explanation, window: Window) -> Explanation:
    """Put the reason first that another program printed about what a message only names."""
    line = reason_above(window.lines, window.index, explanation.lines)
    if line is None or line in explanation.lines:
        return explanation
    return replace(explanation, lines=(line, *explanation.lines), says=line.text.strip())


def _with_first_raised(explanation: Explanation, each: Candidate, window: Window) -> Explanation:
    """A tool's rule may know the last of several chained exceptions: the one raised first says why."""
    first = None if each.match.name in _READ_CHAINS else first_raised(window.lines, window.index)
    if first is None or first in explanation.lines or is_wrapper(first.text):
        return explanation
    return replace(explanation, lines=(first, *explanation.lines), says=explanation.says or first.text.strip())


def _with_last_raised(explanation: Explanation, each: Candidate, window: Window) -> Explanation:
    """A tool's rule may know an exception that another one replaced: the last one says what that meant."""
    if each.match.name in _READ_CHAINS or not EXCEPTION.match(window.lines[window.index].text):
        return explanation
    last = window.lines[newest(window.lines, window.index)]
    if last == window.lines[window.index] or last in explanation.lines or is_wrapper(last.text):
        return explanation
    return replace(explanation, lines=(*explanation.lines, last))
