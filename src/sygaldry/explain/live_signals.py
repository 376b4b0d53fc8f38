"""Lines of a growing log that speak of an error or a warning: they can end a wait, and are never a verdict."""

from typing import Final

from sygaldry.diagnosis import Sign
from sygaldry.diagnosis._false_alarms import is_negated
from sygaldry.explain.match_rules import match_rules
from sygaldry.explain.scan import NEAR_STEMS, Raw, suspects
from sygaldry.explain.text import clean, template
from sygaldry.model.lazy_pattern import lazy_pattern

_SURE: Final = 50  # the weight of a rule that names a failure; below it are consequences and places
_MOST: Final = 100  # suspects with one stem in one piece; more of them are one flood
_TEXT: Final = 200
# A loss that is not a number is in no line that says error, and the training goes on.
_NAN_STEMS: Final = (b": nan", b"=nan", b"is nan", b"loss nan", b"became nan")
_TRAINING: Final = "torch"  # the family that knows them
_WARNING: Final = lazy_pattern(r"(?i)(?:^|[\s:\[(])warning(?:[:\])]|\s*#?\d+:| \[)")
_FLAG: Final = lazy_pattern(r"\[(-W[\w+=-]{1,60}|#\d{1,6}(?:-D)?)\]")


def signs(raw: bytes, offset: int) -> tuple[Sign, ...]:
    """Find what a piece of a log, which begins at `offset`, says of errors and warnings, in its order."""
    errors = {each.offset: each for each in _errors(suspects(raw, offset, _MOST, _NAN_STEMS)) if each.kind == _TRAINING}
    errors |= {each.offset: each for each in _errors(suspects(raw, offset, _MOST, NEAR_STEMS))}
    return tuple(sorted((*errors.values(), *_warnings(raw, offset)), key=lambda each: each.offset))


def _errors(found: list[Raw]) -> list[Sign]:
    return [
        Sign("error", each.name, template(each.hit.line.text), each.hit.line.offset, each.hit.line.text[:_TEXT])
        for each in match_rules(found)
        if each.hit.rule.weight >= _SURE and not is_negated(each.hit.line.text)
    ]


def _warnings(raw: bytes, offset: int) -> list[Sign]:
    found = []
    for suspect in suspects(raw, offset, _MOST, (b"warning",)):
        text = clean(suspect.raw)
        if _WARNING.search(text) and not is_negated(text):
            flag = _FLAG.search(text)
            found.append(Sign("warning", flag[1] if flag else "", template(text), suspect.offset, text[:_TEXT]))
    return found
