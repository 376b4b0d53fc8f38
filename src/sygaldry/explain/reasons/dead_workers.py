"""A worker process that is gone: what it printed last tells more than the parent that found it missing."""

from typing import Final

from sygaldry.diagnosis import Explanation, Line, Window
from sygaldry.diagnosis._false_alarms import is_false_alarm
from sygaldry.diagnosis._tracebacks import FRAME
from sygaldry.explain.logged_levels import is_below_error
from sygaldry.explain.telling_line import is_telling
from sygaldry.model.lazy_pattern import lazy_pattern
from sygaldry.model.value import replace

_WORKER: Final = "a worker process ended"
_PIPE: Final = "the program that read its output ended"
_GONE: Final = lazy_pattern(
    r"^(?P<pipe>BrokenPipeError)\b|"
    r"\b(?:BrokenProcessPool|TerminatedWorkerError): |\bDataLoader worker \(pid.{0,60}\) exited unexpectedly"
    r"|\bprocess(?:es)?\b.{0,60}\bterminated abruptly\b|\bworker\b.{0,60}\b(?:died|is gone|was lost|exited) (?:suddenly|unexpectedly|abruptly)\b"
)
_HEAD: Final = "Traceback (most recent call last)"
_STEP: Final = lazy_pattern(r"^(?:\+|\$|>|#|::) ?\S|^\W*$")
_TRACE: Final = 160  # lines of the parent's traceback
_ABOVE: Final = 8  # lines of output above it
_QUOTED: Final = 160


def with_last_words(explanation: Explanation, window: Window) -> Explanation:
    """Add the line above the parent's report in which the worker printed why it ends."""
    gone = _GONE.search(explanation.lines[0].text) if explanation.lines else None
    if gone is not None:
        words = _last_words(window)
        if words is not None:
            says = f"{words.text.strip()[:_QUOTED]} ({_PIPE if gone['pipe'] else _WORKER})"
            return replace(explanation, lines=(words, *explanation.lines), says=says)
    return explanation


def _last_words(window: Window) -> Line | None:
    begin = window.index
    for at in range(window.index - 1, max(window.index - _TRACE, -1), -1):
        if _HEAD in window.lines[at].text:
            begin = at
    above = reversed(window.lines[max(begin - _ABOVE, 0) : begin])
    return next((line for line in above if _tells(line.text)), None)


def _tells(text: str) -> bool:
    if FRAME.match(text) or _STEP.match(text) or is_below_error(text) or is_false_alarm(text):
        return False
    return is_telling(Line(0, 0, text))
