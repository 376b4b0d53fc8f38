"""A cause as text, in so many tokens: the lines themselves first, what is spare last."""

from collections.abc import Iterable
from typing import Final

from sygaldry.diagnosis import Cause, Confidence, Line
from sygaldry.explain.text import shorten
from sygaldry.model.lazy_pattern import lazy_pattern

_WORDS: Final = lazy_pattern(r"[A-Za-z]+|\d+|[^\sA-Za-z\d]+|\n")
BY_EXIT: Final = "the exit"
_MANY: Final = 4  # equal lines from this number on are counted
_LONG: Final = 230  # characters of a line in a short answer
_REPEATED: Final = 110  # characters of a line that the sentence quotes
_PART: Final = 60  # characters of a line's end by which its quotation is recognised


def count_tokens(text: str) -> int:
    """Estimate as a tokenizer would cut it, rather too many than too few."""
    count = 0
    for word in _WORDS.findall(text):
        if word[0].isalpha():
            count += 1 + (len(word) - 1) // 6
        elif word[0].isdigit():
            count += 1 + (len(word) - 1) // 3
        else:
            count += 1 + (len(word) - 1) // 3 if word.isascii() else len(word)
    return count


def answer(cause: Cause, tokens: int) -> tuple[str, ...]:
    """Say the exit, the cause, its lines, the place, the remedy; then what followed and the next best evidence."""
    room = tokens
    head = _head(cause)
    tail = [f"where: {_clip(cause.where, 120)}"] if cause.where and not _is_repeated(cause.where, cause) else []
    tail += [f"try: {cause.remedy}"] if cause.remedy else []
    room -= count_tokens("\n".join((head, *tail))) + (6 if cause.repeats > _MANY else 2)
    # Where nothing is identified the lines are last words, and the very last say most.
    wanted = cause.lines if cause.identified and cause.family != BY_EXIT else cause.lines[::-1]
    lines, room = _fitting(wanted, room, at_least=2, says=cause.says)
    lines = lines if wanted is cause.lines else lines[::-1]
    more: list[str] = []
    for label, extra in (("then", cause.chain), ("also", cause.also)):
        shown, room = _fitting(extra, room - 3, at_least=0)
        if shown and label == "also":
            more.append("also:")
        more += [f"then {line}" for line in shown] if label == "then" else shown
    shown, room = _fitting(cause.more, room - 3, at_least=0)
    more += ["more:", *shown] if shown else []
    return (head, *_counted(lines, cause.repeats), *tail, *more)


def _counted(lines: list[str], repeats: int) -> list[str]:
    return [f"{lines[0]} ({repeats} such lines)", *lines[1:]] if lines and repeats > _MANY else lines


def _head(cause: Cause) -> str:
    sure = f"{cause.confidence} confidence" + (f", {cause.family}" if cause.family else "")
    if not cause.identified:
        says = cause.says if "cause not identified" in cause.says else f"cause not identified: {cause.says}"
        return f"{cause.outcome}; {says} ({sure})"
    if cause.says and cause.confidence is Confidence.LOW:
        return f"{cause.outcome}; possible cause: {_clip(cause.says, 200)} ({sure})"
    return f"{cause.outcome}: {_clip(cause.says, 200)} ({sure})" if cause.says else f"{cause.outcome} ({sure})"


def _is_repeated(where: str, cause: Cause) -> bool:
    return where in cause.says or any(where in line.text for line in cause.lines)


def _is_quoted(line: Line, says: str) -> bool:
    """Return whether the sentence has the end of a line; one that was shortened may lack its middle."""
    return line.text.strip()[-_PART:] in says and "…" not in says


def _fitting(lines: Iterable[Line], room: int, *, at_least: int, says: str = "") -> tuple[list[str], int]:
    shown: list[str] = []
    for line in lines:
        most = _REPEATED if _is_quoted(line, says) else _LONG
        text = f"{line.number}: {_clip(line.text.expandtabs(2).strip(), most)}"
        cost = count_tokens(text) + 1
        if cost > room and len(shown) >= at_least:
            continue
        if cost > room:
            text = _clip(text, max(room * 3, 60))
            cost = count_tokens(text) + 1
        shown.append(text)
        room -= cost
    return shown, room


def _clip(text: str, most: int) -> str:
    return shorten(text, most)


__all__ = ["BY_EXIT", "answer", "count_tokens"]
