"""Every family keeps the room's promise the moment it exists, on lines made to hurt too."""

import re
import string
import time
import tracemalloc
from collections.abc import Iterator
from typing import cast

import pytest

from sygaldry import diagnosis, discovery, explain
from sygaldry.diagnosis import Facts, Family, Hit, Line, Memory, Rule, Window
from sygaldry.explain.match_rules import compiled

FAMILIES = {name: cast("Family", each) for name, each in discovery.every(diagnosis, "FAMILY").items()}
RULES = [(name, rule) for name, family in FAMILIES.items() for rule in family.recognises]
PIECES = ("error ", "a.b:1:2: ", "/a", "(a.B:1:1: ", "\"'", "com.Foo.", " ", "x", "1 ", "Error: ", "[[", "{a=", "::")
LONGEST = 600  # what a pattern sees of a line


def hostile(literal: str) -> Iterator[str]:
    for piece in (literal, f"{literal} ", *PIECES):
        line = (piece * LONGEST)[: LONGEST - len(literal)] + literal
        yield from (line, line.upper(), line.title())


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_has_a_title_and_rules(name: str) -> None:
    family = FAMILIES[name]
    assert isinstance(family, Family)
    assert family.title
    assert family.recognises


@pytest.mark.parametrize(("name", "rule"), RULES, ids=[f"{name}-{rule.literal}" for name, rule in RULES])
def test_every_rule_is_whole(name: str, rule: Rule) -> None:
    assert rule.literal
    assert rule.literal == rule.literal.lower(), name
    groups = set(re.compile(rule.pattern).groupindex)
    used = {field for text in (rule.says, rule.remedy) for _, field, _, _ in string.Formatter().parse(text) if field}
    assert used <= groups, f"{name}: {rule.pattern!r} catches no {used - groups}"
    assert 0 < rule.weight < 100


@pytest.mark.parametrize("name", FAMILIES)
def test_no_pattern_runs_away(name: str) -> None:
    """A pattern that backtracks over a line of 600 characters needs 10 to 1,000 times as long as this allows."""
    for rule in FAMILIES[name].recognises:
        pattern = compiled(rule.pattern)
        for line in hostile(rule.literal):
            assert min(_seconds(pattern, line) for _ in range(3)) < 0.02, rule.pattern


@pytest.mark.parametrize("name", FAMILIES)
def test_no_explanation_stumbles(name: str) -> None:
    family = FAMILIES[name]
    texts = ["", *hostile("error:"), "Traceback (most recent call last)", "\x00\ufffd", "│ Error: x", "E   x"]
    lines = [Line(number, number * 9, text) for number, text in enumerate(texts, 1)]
    for index, line in enumerate(lines):
        for rule in family.recognises:
            match = compiled(rule.pattern).search(line.text[:LONGEST])
            if match and family.explains is not None:
                details = family.explains(Hit(line, rule, match), Window(lines, index))
                assert details is None or details.lines


@pytest.mark.parametrize(
    "line",
    [
        b"error: failed: not found: cannot: fatal\n",
        b"error failed cannot not found no such exception fatal " * 12 + b"\n",
        b"\x00\xff\xfe error \x1b[31m\r 50%|##| 1/2 error\r",
        b"ValueError: x\nDuring handling of the above exception, another exception occurred:\n",
        b"\n",
        b"x" * 999,
    ],
    ids=["errors", "words", "garbage", "chain", "empty", "endless"],
)
def test_the_price_of_a_hostile_log_grows_no_faster_than_the_log(line: bytes) -> None:
    small = line * (1_500_000 // len(line))
    explain.explain(Memory(line), Facts(1))
    once, fourfold = _price(small), _price(small * 4)
    assert fourfold < 8 * once + 0.3


def test_a_large_log_takes_little_memory() -> None:
    source = Endless(b"gcc -Wall -Werror=format -c part.c -o part.o\n" * 100, 48 << 20)
    explain.explain(Memory(b"x\n"), Facts(1))
    tracemalloc.start()
    explain.explain(source, Facts(2))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 << 20


class Endless:
    """A log that is made as it is read."""

    def __init__(self, piece: bytes, size: int) -> None:
        self._piece, self.size = piece, size

    def read(self, offset: int, length: int) -> bytes:
        skipped = offset % len(self._piece)
        length = max(min(length, self.size - offset), 0)
        whole = self._piece * ((skipped + length) // len(self._piece) + 1)
        return whole[skipped : skipped + length]


def _seconds(pattern: re.Pattern[str], line: str) -> float:
    start = time.perf_counter()
    pattern.search(line)
    return time.perf_counter() - start


def _price(raw: bytes) -> float:
    start = time.process_time()
    explain.explain(Memory(raw), Facts(1))
    return time.process_time() - start
