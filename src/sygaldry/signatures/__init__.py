"""Texts that engines, frameworks, NVML and the kernel print when a GPU fails, and what each of them can mean.

One message has many causes: "Failed to initialize NVML: Unknown Error" follows a cgroup reload, a leftover `no-cgroups`
and missing nodes alike. So a signature names candidates, likeliest first, and the recorded state of a machine decides
among them. `gpu diagnose --log` and `job explain` share this catalogue. To add signatures, write `signatures/NAME.py`
that exports `SIGNATURES: Final`; the causes are ids of `gpu/checks`.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from sygaldry import discovery, signatures

LIMIT_CHARACTERS = 2 * 2**20  # a longer text is read from its end, where a failure is printed
_LIMIT_LINE = 300


class Signature(NamedTuple):
    """One shape of text. `needle` is a lower-case literal of every match, so that most texts are searched once."""

    needle: str
    pattern: str
    meaning: str
    causes: tuple[str, ...]
    decided_by: str = ""  # the facts that decide among several causes
    explained: bool = True  # whether `job explain` uses it; false for texts that a successful log holds, too


class Match(NamedTuple):
    """A signature and the line that it matched."""

    signature: Signature
    line: str


@cache
def every() -> tuple[Signature, ...]:
    """Load all signatures, file by file."""
    return tuple(each for table in discovery.every(signatures, "SIGNATURES").values() for each in table)


def find(text: str) -> tuple[Match, ...]:
    """Return every signature that the text shows, in the order of the catalogue."""
    return tuple(_matches(text[-LIMIT_CHARACTERS:]))


def _matches(text: str) -> Iterator[Match]:
    low = text.lower()
    for signature in every():
        if signature.needle not in low:
            continue
        found = re.search(signature.pattern, text, re.MULTILINE | re.IGNORECASE)
        if found:
            yield Match(signature, _line(text, found.start()))


def _line(text: str, place: int) -> str:
    start = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    return text[start : len(text) if end < 0 else end].strip()[:_LIMIT_LINE]
