"""A candidate line -> the rule that says most about it. Rules are tried only where their word is in the line."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Final, NamedTuple, cast

from sygaldry import diagnosis
from sygaldry.diagnosis import Family, Hit, Line, Rule
from sygaldry.diagnosis._scan import Raw
from sygaldry.diagnosis._text import clean
from sygaldry.discovery import every

_BATCH: Final = 256 << 10  # characters searched at a time
_MATCHED: Final = 600  # characters of a line that a pattern sees, so that no pattern can run away

_GENERAL: Final = "generic"
_SURE: Final = 70  # a rule of this weight needs no check for innocent words
_CAUSE: Final = 40  # a rule of less weight is a consequence
_MARK: Final = 20  # a rule up to this weight only marks a place

# Scary words that accuse nobody. Every alternative starts with a literal or a word's edge.
_INNOCENT: Final = re.compile(
    r"(?i)\b(?:0|no|zero|without|any) (?:\w+ )?(?:error|failure|failed|fail|fatal|problem|conflict|exception|issue)s?\b"
    r"|\b\w*(?:errors?|failures?|failed|fails?|skipped|errored)\b\W{1,3}0\b(?![.x]?\d)"
    r"|^\W{0,6}(?:ok|pass(?:ed)?|✓|✔|√)\b.{0,300}"
    r"|\.\.\. ?(?:ok|no|yes|passed|skipped|done)\s*$|: (?:ok|yes|no|passed|PASSED|skipped)\s*$|\bPASSED\b"
    r"|-W(?:no-)?error\b(?!.{0,300}: error)|\bstrerror\b|\bperror\b|error_?code[ =:]{1,3}(?:0|none)\b"
    r"|^\s*(?:--|\d+\.|\*|#|//|/\*) .{0,120}\b(?:if|when|may|might|should|to avoid|in case)\b"
    r"|warning:|^\W{0,4}(?:warn|warning|info|debug|note|hint|trace|notice|deprecat\w*)\b[\]:]"
    r"|^(?:\S*/)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|nvcc|ld|ar|libtool:|/bin/sh|rustc|javac)\s.{0,40}-"
    r"|^\s*(?:checking|Checking|looking for|Looking for|Performing Test|-- Performing|-- Looking|-- Check)\b(?!.{0,200}error:)"
    r"|^\s*(?:CC|CXX|AR|LD|GEN|INSTALL|Compiling|Building|Installing|Unpacking|Copying|creating|copying|adding|Setting up|Get:\d+)\s"
    r"|^\s{0,8}\d{0,7} \| |\s-(?:Wall|Wextra|O[0-3sg]|fPIC|std=|I[\w./]|D[A-Z_])"
    r"|^\[\s{0,3}\d+%\] |^\[\d+/\d+\] (?!.{0,200}(?:error|FAILED|failed):)"
)


# Said by tools that found nothing wrong.
_DENIAL: Final = re.compile(
    r"(?i)\b(?:0|no|zero) (?:\w+ )?(?:errors?|failures?|failed)\b|\b(?:errors?|failures?|failed)\W{1,3}0\b"
)


def is_denial(text: str) -> bool:
    """Tell whether a line says that nothing failed."""
    return bool(_DENIAL.search(text[:_MATCHED]))


class Found(NamedTuple):
    """A judged line and the family that knows it."""

    hit: Hit
    family: Family
    name: str


class Index(NamedTuple):
    """All rules by their literal, heaviest first."""

    literals: tuple[str, ...]
    rules: Mapping[str, tuple[tuple[Rule, Family, str], ...]]


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


def judged(candidates: Iterable[Raw]) -> list[Found]:
    """Find for each line the heaviest rule that recognises it."""
    found: list[Found] = []
    batch: list[tuple[Raw, str]] = []
    size = 0
    for raw in candidates:
        text = clean(raw.raw)
        batch.append((raw, text))
        size += len(text)
        if size > _BATCH:
            found += _judged(batch)
            batch, size = [], 0
    return found + _judged(batch)


def _judged(batch: Sequence[tuple[Raw, str]]) -> list[Found]:
    rules = index().rules
    found: list[Found] = []
    for at, words in sorted(_words([text for _, text in batch]).items()):
        raw, text = batch[at]
        best = _best(text, [each for word in words for each in rules[word]])
        if best is not None:
            rule, family, name, match = best
            found.append(Found(Hit(Line(raw.number, raw.offset, text), rule, match), family, name))
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


def _order(each: tuple[Rule, Family, str]) -> tuple[bool, bool, int]:
    rule, _, name = each
    return name == _GENERAL, rule.weight >= _CAUSE, -rule.weight


def _best(text: str, rules: list[tuple[Rule, Family, str]]) -> tuple[Rule, Family, str, re.Match[str]] | None:
    shown = text[:_MATCHED]
    innocent: bool | None = None
    # A tool's own rule knows better than a general one, first of all where it says "only a consequence".
    for rule, family, name in sorted(rules, key=_order):
        match = compiled(rule.pattern).search(shown)
        if match is None:
            continue
        if rule.weight < _SURE:
            innocent = bool(_INNOCENT.search(shown)) if innocent is None else innocent
            if innocent and rule.weight > _MARK:
                continue
        return rule, family, name, match
    return None
