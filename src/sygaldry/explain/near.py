"""The lines near a log's end that hold a literal of a step marker or of a mask."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from sygaldry.diagnosis import Source
from sygaldry.explain.scan import clipped_line
from sygaldry.explain.text import CLIP, unstamped

_MOST: Final = 12_000  # lines with one literal


class NearLine(NamedTuple):
    """A line with its number, its text without time stamps, and the formats and masks that may apply to it."""

    number: int
    raw: bytes
    text: str
    whole: str  # the text with what a carriage return overwrote: GitLab and Travis CI put their markers there
    formats: tuple[str, ...]
    masks: tuple[str, ...]


class Words(NamedTuple):
    """The literals of formats and masks, each with its owner's name; `closers` apply where the format occurs."""

    formats: Sequence[tuple[bytes, str]]
    closers: Mapping[str, tuple[bytes, ...]]
    masks: Sequence[tuple[bytes, str]]


def near_lines(source: Source, begin: int, number: int, words: Words) -> list[NearLine]:
    """Read from the offset `begin`, which starts line `number`, to the end; keep the lines that hold a literal."""
    chunk = source.read(begin, source.size - begin)
    formats = _owners(chunk, words.formats)
    present = {name for names in formats.values() for name in names}
    more = [(word, name) for name, closing in words.closers.items() if name in present for word in closing]
    for start, names in _owners(chunk, more).items():
        formats.setdefault(start, set()).update(names)
    masks = _owners(chunk, words.masks)
    lines: list[NearLine] = []
    seen = 0
    for start in sorted({*formats, *masks}):
        number += chunk.count(b"\n", seen, start)
        seen = start
        raw = clipped_line(chunk, start)
        lines.append(
            NearLine(
                number,
                raw,
                unstamped(raw),
                _whole(chunk, start),
                _ordered(formats.get(start, ())),
                _ordered(masks.get(start, ())),
            )
        )
    return lines


def _whole(chunk: bytes, start: int) -> str:
    end = chunk.find(b"\n", start)
    raw = chunk[start : min(end, start + CLIP) if end >= 0 else start + CLIP]
    return unstamped(raw.replace(b"\r", b" ")) if b"\r" in raw[:-1] else ""


def _ordered(names: Iterable[str]) -> tuple[str, ...]:
    """The general format of headings comes after those of known tools."""
    return tuple(sorted(names, key=lambda name: (name == "headings", name)))


def _owners(chunk: bytes, words: Iterable[tuple[bytes, str]]) -> dict[int, set[str]]:
    """Find the lines that hold a word: the line's start, with the owners of its words."""
    grouped: dict[bytes, set[str]] = {}
    for word, name in words:
        grouped.setdefault(word, set()).add(name)
    found: dict[int, set[str]] = {}
    for word, names in grouped.items():
        for start in _starts(chunk, word):
            found.setdefault(start, set()).update(names)
    return found


def _starts(chunk: bytes, word: bytes) -> list[int]:
    found: list[int] = []
    at = chunk.find(word)
    while at >= 0 and len(found) < _MOST:
        found.append(chunk.rfind(b"\n", 0, at + word.startswith(b"\n")) + 1)
        end = chunk.find(b"\n", at)
        at = chunk.find(word, end) if end >= 0 else -1
    return found
