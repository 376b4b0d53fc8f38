"""The reason of an error that only says that its program gives up: a warning or a list that it printed above."""

from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis import Line
from sygaldry.model.lazy_pattern import lazy_pattern

_GIVES_UP: Final = lazy_pattern(
    r"^(?P<program>[\w./+-]{1,80}): (?:fatal )?(?:error|ERROR): (?P<what>(?i:aborting|giving up|stopping)(?: [\w-]{1,20}){0,4}\.?"
    r"|.{0,60}?(?:,? (?i:aborting|giving up|stopping)\.?"
    r"|(?:due to|because of) (?:the )?(?:earlier|previous|above) (?:errors?|failures?|warnings?)\.?))$"
)
_PROBLEM: Final = lazy_pattern(r"(?:warning|WARNING|error|ERROR): ")
_HEADING: Final = lazy_pattern(r"(?i)\b(?:issues?|problems?|errors?|failures?|missing|requirements?)\b.{0,40}:$")
_ITEM: Final = lazy_pattern(r"^\s{0,8}(?:[-*•]|\d{1,2}[.)]) \S")
_NEAR: Final = 12  # lines above in which the program warned
_PAGE: Final = 40  # lines above in which a list begins
_SHOWN: Final = 3
_WORD: Final = lazy_pattern(r"[a-z]{5,}")


def reasons_above(lines: Sequence[Line], index: int) -> tuple[Line, ...]:
    """Return what a program printed as the reason for giving up at line `index`, or nothing."""
    gives_up = _GIVES_UP.match(lines[index].text)
    if gives_up is None:
        return ()
    program = f"{gives_up['program']}: "
    near = lines[max(index - _NEAR, 0) : index]
    printed = [each for each in near if each.text.startswith(program) and _PROBLEM.match(each.text[len(program) :])]
    if printed:
        words = set(_WORD.findall(gives_up["what"]))
        shared = [len(words & set(_WORD.findall(each.text))) for each in printed]
        return (printed[shared.index(max(shared))] if any(shared) else printed[-1],)
    return _listed(lines[max(index - _PAGE, 0) : index])


def _listed(above: Sequence[Line]) -> tuple[Line, ...]:
    """Return the first items of the last list of problems."""
    for at in range(len(above) - 1, -1, -1):
        if _HEADING.search(above[at].text):
            items = [line for line in above[at + 1 : at + 8] if _ITEM.match(line.text)]
            if items:
                return tuple(items[:_SHOWN])
    return ()
