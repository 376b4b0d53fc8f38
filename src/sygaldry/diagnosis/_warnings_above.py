"""The warning or failed command just above a traceback that tells more than its exception."""

from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis import Line
from sygaldry.model.lazy_pattern import lazy_pattern

# An error that a missing thing led to, of which a warning above tells.
_LED_TO: Final = lazy_pattern(r"^\s*(?:NameError|UnboundLocalError): |^\s*(?:Attribute|Type)Error: .{0,60}'?NoneType'?")
_TELLS: Final = lazy_pattern(
    r"(?:Warning: |\bWARNING\b.{0,60}: ?).{0,200}\b(?i:not found|not available|no \w+ (?:found|available)|could not|cannot|missing|unable to)\b"
)
_GOES_ON: Final = lazy_pattern(r"(?i)\b(?:proceed|continu|fall(?:ing|s)? back|default|ignor|skip)")
_ABOVE: Final = 10  # lines from a warning to the traceback
# A program that was not found printed nothing, and what should have read its output found nothing there.
_READ_NOTHING: Final = lazy_pattern(
    r"^\s*(?:IndexError|KeyError|ValueError|(?:json\.decoder\.)?JSONDecodeError|(?:[\w.]{1,60}\.)?EmptyDataError): "
)
_NO_PROGRAM: Final = lazy_pattern(
    r"^\s*(?:/\S{1,60}/)?(?:ba|da|z)?sh: (?:(?:line )?\d+: )?\S{1,100}: (?:command )?not found$"
)
# A command that made nothing, or a download that failed, left nothing to read either.
_NO_INPUT: Final = lazy_pattern(
    r"^\s*(?:(?:/\S{1,60}/)?[\w.+-]{1,30}: (?:cannot|can't) (?:open|access|stat) .{1,200}: No such file or directory"
    r"|curl: \(\d{1,3}\) .{1,300}|\S{1,120}: line \d{1,6}: \S{1,100}: command not found|wget: unable to .{1,200}|fatal: unable to access .{1,300})$"
)
_LACKS: Final = lazy_pattern(
    r"(?i)^\s*(?:error: |warning: )?(?:could not|cannot|can't|couldn't|unable to) (?:find|open|read|locate) .{0,80}?(?P<name>[\w./+-]{4,200})\W{0,2}$"
)
_MISSES: Final = lazy_pattern(r"^\s*FileNotFoundError: ")
_JUST_ABOVE: Final = 4
# A warning of what a program goes on without, and the lookup that misses it.
_MISSED: Final = lazy_pattern(r"^\s*(?:KeyError|IndexError|AttributeError|UnboundLocalError)\b")
_WITHOUT: Final = lazy_pattern(
    r"(?i)^(?:\S{1,60} )?\W{0,2}warn(?:ing)?\b.{0,10}: ?.{0,160}\b(?:ignor\w+|skipp\w+|invalid|could not|cannot|failed|not found|missing|unable)\b"
)


def warning_above(lines: Sequence[Line], start: int, index: int) -> Line | None:
    """Return the warning just above a traceback whose error only follows from what that warning tells."""
    if _READ_NOTHING.match(lines[index].text):
        near = lines[max(start - _JUST_ABOVE, 0) : start]
        return next(
            (line for line in reversed(near) if _NO_PROGRAM.match(line.text) or _NO_INPUT.match(line.text)), None
        )
    if _MISSES.match(lines[index].text):
        named = ((line, _LACKS.match(line.text)) for line in reversed(lines[max(start - _JUST_ABOVE, 0) : start]))
        return next((line for line, found in named if found and found["name"] in lines[index].text), None)
    if not _LED_TO.match(lines[index].text):
        return None
    above = reversed(lines[max(start - _ABOVE, 0) : start])
    return next((line for line in above if _TELLS.search(line.text) and not _GOES_ON.search(line.text)), None)


def missed_above(lines: Sequence[Line], start: int, index: int) -> Line | None:
    """Return the warning directly above a traceback of a lookup that failed: it may tell why nothing was there."""
    if start < 1 or not _MISSED.match(lines[index].text) or not _WITHOUT.match(lines[start - 1].text):
        return None
    return lines[start - 1]
