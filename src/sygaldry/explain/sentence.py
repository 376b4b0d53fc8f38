"""The sentence of a cause: what a rule says about it, with the message itself where the rule's words leave it out."""

from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis import Line
from sygaldry.explain.text import shorten
from sygaldry.model.lazy_pattern import lazy_pattern

_MOST: Final = 180  # characters of a message in the sentence
_MODULES: Final = lazy_pattern(r"^(?:[A-Za-z_]\w*\.){1,8}(?=[A-Z]\w*(?::|$))")  # of an exception's class
_TITLE: Final = lazy_pattern(
    r"^\W*$|^_{3,} |^CMake Error at [^()]{1,300} \([\w.]{1,60}\):$|^\W{0,4}(?:Traceback \(most recent call last\)|File \"[^\"]{1,300}\", line \d)"
)
_MARK: Final = lazy_pattern(r"^(?:E {2,}|\d{1,6}\.\d{1,4} (?=\S)|> (?=\S)|>> (?=\S))")  # of pytest, BuildKit, Spack
_PLACE: Final = lazy_pattern(r"^[^\s:()\[\]]{1,300}[:(]\d{1,7}(?:[:,]\d{1,7})?\)?: ?")
_LEVEL: Final = lazy_pattern(r"^(?:fatal |catastrophic )?(?i:error)(?:\[\w{1,20}\])?(?: #?\w{1,10})?: ?")
_WORD: Final = lazy_pattern(r"[^\W_]{4,}|\d{2,}")
_PROJECT: Final = lazy_pattern(r" \[[^\[\]]{1,300}\.\w{2,4}proj\]$")  # of MSBuild
_PATH: Final = lazy_pattern(r"\S*[/\\]\S*|\S+\.\w{1,5}:\d\S*")
_LONGEST: Final = 300  # characters of a rule's words, which may quote a resolver
_PRESENT: Final = 0.3  # of a message's words; a sentence that has more of them repeats the message


def sentence(says: str, hit: Line, lines: Sequence[Line]) -> str:
    """Return the words of a rule, followed by the message unless they have it; the message where there are none."""
    says = shorten(says, _LONGEST)
    text, announced = _message(hit, lines)
    message = _LEVEL.sub("", _PLACE.sub("", text)) if says else text
    if says and ((announced and announced in says) or says in {_MODULES.sub("", _plain(line)) for line in lines}):
        return says
    if says and (not message or message.startswith('{"') or _is_present(message, says)):
        return f"{says} {announced}".rstrip() if says.endswith(":") else says
    message = f"{message} {announced}".rstrip()
    message = shorten(_MODULES.sub("", message) if len(message) > _MOST else message, _MOST)
    return f"{says.rstrip(' .:')}: {message}" if says else message


def _message(hit: Line, lines: Sequence[Line]) -> tuple[str, str]:
    """Return the line that a rule matched, or the first that is not a title; and what it announces, if it does."""
    numbers = [line.number for line in lines]
    at = numbers.index(hit.number) if hit.number in numbers else 0
    telling = [at, *range(at + 1, len(lines)), *range(at)]
    at = next((each for each in telling if not _TITLE.match(lines[each].text.strip())), at)
    text = _plain(lines[at])
    if not text.endswith(":"):
        return text, ""
    return text, next((plain for line in lines[at + 1 :] if not (plain := _plain(line)).endswith(":")), "")


def _plain(line: Line) -> str:
    return _PROJECT.sub("", _MARK.sub("", line.text.strip()).strip())


def _is_present(message: str, says: str) -> bool:
    """Return whether the sentence has the message already, in the same or nearly the same words."""
    words = {word.lower() for word in _WORD.findall(_PATH.sub("", message))}
    known = {word.lower() for word in _WORD.findall(_PATH.sub("", says))}
    return not words or len(words & known) / len(words) > _PRESENT
