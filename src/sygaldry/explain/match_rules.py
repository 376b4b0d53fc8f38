"""A candidate line -> the rule that says most about it. Rules are tried only where their word is in the line."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from typing import Final, NamedTuple, TypeAlias, cast

from sygaldry import diagnosis
from sygaldry.diagnosis import Family, Hit, Line, Rule
from sygaldry.diagnosis._false_alarms import is_false_alarm
from sygaldry.discovery import every
from sygaldry.explain.scan import Raw
from sygaldry.explain.text import clean
from sygaldry.model.lazy_pattern import lazy_pattern

_BATCH: Final = 256 << 10  # characters searched at a time
_MATCHED: Final = 600  # characters of a line that a pattern sees, so that no pattern can run away

_WORD_SETS: Final = 4_096  # sets of literals in one line whose rules are kept in order

_SUMMARY: Final = lazy_pattern(r"(?:FAILED|ERROR) \S{1,300}\.py(?:::\S|$| - )")
_PYTEST: Final = "pytest"
_GENERAL: Final = "generic"
_SURE: Final = 70  # a rule of this weight needs no check for innocent words
_CAUSE: Final = 40  # a rule of less weight is a consequence
_MARK: Final = 20  # a rule up to this weight only marks a place
# A program that warns goes on: not even a sure rule makes it the cause.
_WARNS: Final = lazy_pattern(
    r"^\s{0,12}(?:[\w./+-]{1,80}: )?(?:WARNING|[Ww]arning): |^[^\s:]{0,2}[^\s:]{1,300}\.py:\d{1,7}: (?:\w{0,40}[a-z])?Warning: "
    r"|^\s{2,12}(?:_?warnings?\.|logger\.|log\.)?warn(?:ing|_once)?\("  # the statement below a warning of Python
    r'|^\{(?=.{0,600}"(?:level|levelname|lvl|severity)": ?"(?i:warn|info|debug|notice|trace))'  # a log of JSON objects
)


# A program that says so went on too.
_GOES_ON: Final = lazy_pattern(
    r"\(ignored\)\W*$|\bis ignored\b|(?:[,;:(] ?|\. )(?i:ignoring|ignored|skipping|continuing|using (?:the )?defaults?|falling back|non-fatal|not fatal)\b"
)


class Match(NamedTuple):
    """A match_rules line and the family that knows it."""

    hit: Hit
    family: Family
    name: str
    raw: bytes


class Index(NamedTuple):
    """All rules by their literal, heaviest first."""

    literals: tuple[str, ...]
    rules: Mapping[str, tuple[tuple[Rule, Family, str], ...]]


_Best: TypeAlias = tuple[Rule, Family, str, "re.Match[str]"]


@cache
def index() -> Index:
    """Load every family once."""
    by_literal: dict[str, list[tuple[Rule, Family, str]]] = {}
    for name, exported in every(diagnosis, "FAMILY").items():
        family = cast("Family", exported)
        for rule in family.recognises:
            by_literal.setdefault(rule.literal, []).append((rule, family, name))
    ordered = {word: tuple(sorted(rules, key=lambda each: -each[0].weight)) for word, rules in by_literal.items()}
    return Index(tuple(ordered), ordered)


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a rule's pattern when its word is first met: most never are."""
    return re.compile(pattern)


def match_rules(candidates: Iterable[Raw]) -> list[Match]:
    """Find for each line the heaviest rule that recognises it."""
    found: list[Match] = []
    batch: list[tuple[Raw, str]] = []
    size = 0
    for raw in candidates:
        text = clean(raw.raw)
        batch.append((raw, text))
        size += len(text)
        if size > _BATCH:
            found += _match_batch(batch)
            batch, size = [], 0
    return found + _match_batch(batch)


def _match_batch(batch: Sequence[tuple[Raw, str]]) -> list[Match]:
    texts = list(dict.fromkeys(text for _, text in batch))  # equal lines, of which a log may have thousands, count once
    best = {texts[at]: _best(texts[at], _ordered_rules(tuple(words))) for at, words in _words(texts).items()}
    found: list[Match] = []
    for raw, text in batch:
        if (judged := best.get(text)) is not None:
            rule, family, name, match = judged
            found.append(Match(Hit(Line(raw.number, raw.offset, text), rule, match), family, name, raw.raw))
    return found


def _words(texts: Sequence[str]) -> dict[int, list[str]]:
    """Tell which literals stand in which lines: one search a literal through all of them, not one a line."""
    lowered = [text.lower() for text in texts]
    starts = [0, *accumulate(len(text) + 1 for text in lowered)]
    joined = "\n".join(lowered)
    words: dict[int, list[str]] = {}
    for literal in index().literals:
        at = joined.find(literal)
        while at >= 0:
            line = bisect_right(starts, at) - 1
            words.setdefault(line, []).append(literal)
            at = joined.find(literal, starts[line + 1])
    return words


@lru_cache(_WORD_SETS)
def _ordered_rules(words: tuple[str, ...]) -> tuple[tuple[Rule, Family, str], ...]:
    """Return the rules of these literals in the order in which they are tried."""
    rules = index().rules
    return tuple(sorted((each for word in words for each in rules[word]), key=_order))


def _order(each: tuple[Rule, Family, str]) -> tuple[bool, bool, int]:
    rule, _, name = each
    return name == _GENERAL, name == _GENERAL or rule.weight >= _CAUSE, -rule.weight


def _best(text: str, rules: Sequence[tuple[Rule, Family, str]]) -> _Best | None:
    if _SUMMARY.match(text):  # an error that the summary of pytest quotes is reported above
        rules = [each for each in rules if each[2] == _PYTEST] or rules
    # Of a long line both ends are seen: a message may end with its cause.
    shown = text if len(text) <= _MATCHED else f"{text[: _MATCHED // 2]} … {text[-_MATCHED // 2 :]}"
    innocent: bool | None = None
    # A tool's own rule knows better than a general one, first of all where it says "only a consequence".
    for rule, family, name in rules:
        match = compiled(rule.pattern).search(shown)
        if match is None:
            continue
        if rule.weight > _MARK and "arning" not in rule.pattern and (_WARNS.match(shown) or _GOES_ON.search(shown)):
            continue
        if rule.weight < _SURE:
            innocent = is_false_alarm(shown) if innocent is None else innocent
            if innocent and rule.weight > _MARK:
                continue
        return rule, family, name, match
    return None
