"""Mutations: real inputs with a few things wrong, because random bytes get no further than the first check."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

# What parsers stumble over: lengths, nesting, numbers out of range, other types, control and direction characters.
NASTY_TEXT = (
    "", " ", "\0", "\n", "\x1b[31m", "\u202e", "\ud800", "é", "🙂", "-", "--", "/", "..", "../../etc/passwd",
    "/etc/shadow", "%s", "%n", "{0}", "{{}}", "$(id)", "`id`", "'", '"', "\\", "a" * 5000, "0" * 400, "-1", "1e999",
    "NaN", "Infinity", "9" * 5000, "true", "null", "[]", "[" * 3000, "{" * 3000, '{"a":' * 3000, "<<<<",
    "&a [*a, *a]", "!!python/object:os.system", "2026-13-45T99:99:99Z", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59+14:00", "sha256:", "file://", "http://[", "oci://",
)  # fmt: skip
NASTY_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, 2**63, 10**400, 1e308, float("nan"), float("inf"), [], {}, [[]], [None],
    {"": None}, {"a": {"a": {"a": {}}}}, *NASTY_TEXT,
)  # fmt: skip


@st.composite
def mutated_text(draw: st.DrawFn, seeds: tuple[str, ...]) -> str:
    """Draw one of the seeds with up to four lines, words or characters changed."""
    text = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 4))):
        text = draw(st.sampled_from(_TEXT_CHANGES))(draw, text)
    return text


@st.composite
def mutated_json(draw: st.DrawFn, seeds: tuple[Any, ...]) -> str:
    """Draw one of the seeds as JSON with up to four values replaced, removed, renamed or moved."""
    value = json.loads(json.dumps(draw(st.sampled_from(seeds))))
    for _ in range(draw(st.integers(0, 4))):
        value = _changed(draw, value, depth=0)
    text = json.dumps(value)
    # One in eight is then damaged as a text, so that it may be no JSON at all.
    return draw(mutated_text((text,))) if draw(st.integers(0, 7)) == 0 else text


def mutated_bytes(seeds: tuple[str, ...]) -> st.SearchStrategy[bytes]:
    """Draw a mutated text as bytes, now and then with bytes that are no text."""
    texts = mutated_text(seeds).map(lambda text: text.encode("utf-8", "surrogatepass"))
    return st.builds(lambda data, tail: data + tail, texts, st.sampled_from((b"", b"", b"\xff\xfe", b"\0" * 64)))


def _changed(draw: st.DrawFn, value: Any, depth: int) -> Any:
    if not (isinstance(value, dict | list) and value) or depth > 6 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(NASTY_VALUES))
    if isinstance(value, list):
        index = draw(st.integers(0, len(value) - 1))
        return [*value[:index], _changed(draw, value[index], depth + 1), *value[index + 1 :]]
    key = draw(st.sampled_from(sorted(value)))
    changed = {name: each for name, each in value.items() if name != key}
    match draw(st.integers(0, 5)):
        case 0:
            return changed
        case 1:
            return {**changed, draw(st.sampled_from(NASTY_TEXT)): value[key]}
        case _:
            return {**changed, key: _changed(draw, value[key], depth + 1)}


def _replace_line(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    lines[draw(st.integers(0, len(lines) - 1))] = draw(st.sampled_from(NASTY_TEXT))
    return "\n".join(lines)


def _replace_word(draw: st.DrawFn, text: str) -> str:
    words = text.split(" ")
    words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(NASTY_TEXT))
    return " ".join(words)


def _insert(draw: st.DrawFn, text: str) -> str:
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.sampled_from(NASTY_TEXT)) + text[at:]


def _cut(draw: st.DrawFn, text: str) -> str:
    start = draw(st.integers(0, len(text)))
    return text[:start] + text[start + draw(st.integers(0, 200)) :]


def _repeat(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    at = draw(st.integers(0, len(lines) - 1))
    return "\n".join([*lines[: at + 1], *lines[at : at + 3], *lines[at + 1 :]])


_TEXT_CHANGES = (_replace_line, _replace_word, _insert, _cut, _repeat)
