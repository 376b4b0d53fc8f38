"""The lock of a project: one text for one content, and nothing else is accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sygaldry.lockfile.difference import difference
from sygaldry.lockfile.lock import KINDS, Entry, ProjectLock, sorted_lock
from sygaldry.lockfile.text import format_lock, parse_lock
from sygaldry.model.errors import LockError

LOCK = sorted_lock(
    "1.2",
    [
        Entry("python", "uv.lock", {"sha256": "aa"}),
        Entry("image", "sygaldry/x:1", {"recipe": "r", "base": "debian:12"}),
        Entry("environment", "pkg/a", {"lock": "l1", "roots": "zlib@1/aaaaaaa ninja@1/bbbbbbb"}),
    ],
)
_TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
_ENTRIES = st.builds(Entry, st.sampled_from(sorted(KINDS)), _TEXTS, st.dictionaries(_TEXTS, _TEXTS, max_size=4))


def test_the_file_is_readable_and_in_one_order() -> None:
    text = format_lock(LOCK)
    assert text == format_lock(sorted_lock("1.2", reversed(LOCK.entries)))
    assert text.splitlines()[1:3] == ["version = 1", 'sygaldry = "1.2"']
    assert text.index('[image."sygaldry/x:1"]') < text.index('[environment."pkg/a"]') < text.index('[python."uv.lock"]')


@given(st.lists(_ENTRIES, max_size=8))
def test_what_is_written_is_read(entries: list[Entry]) -> None:
    lock = sorted_lock("1", entries)
    again = parse_lock(format_lock(lock), "f")
    assert [(each.kind, each.name, dict(each.facts)) for each in again.entries] == [
        (each.kind, each.name, dict(each.facts)) for each in lock.entries
    ]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda text: text.replace("l1", "l2"), "edited or merged by hand"),
        (lambda text: text.replace("version = 1", "version = 2"), "has format 2"),
        (lambda text: text.replace("[python.", "[unknown."), "unknown section"),
        (lambda text: text.replace('sha256 = "aa"', "sha256 = 3"), "not a table of texts"),
        (lambda text: text.replace('sha256 = "aa"', 'sha256 = "aa'), "not valid TOML"),
        (lambda _: "", "has format None"),
        (lambda text: text + "<<<<<<< HEAD\n", "not valid TOML"),
    ],
)
def test_a_damaged_lock_is_refused_with_its_reason(damage: object, reason: str) -> None:
    with pytest.raises(LockError, match=reason) as caught:
        parse_lock(damage(format_lock(LOCK)), "sygaldry.lock")  # type: ignore[operator]
    assert "sygaldry lock" in caught.value.hint


def test_a_difference_names_what_changed_and_the_roots() -> None:
    other = sorted_lock(
        "1.2",
        [
            Entry("image", "sygaldry/x:1", {"recipe": "r", "base": "debian:13"}),
            Entry("environment", "pkg/a", {"lock": "l2", "roots": "zlib@2/ccccccc ninja@1/bbbbbbb"}),
            Entry("huggingface", "model:a/b", {"revision": "0"}),
        ],
    )
    lines = [line for change in difference(LOCK, other) for line in change.lines()]
    assert lines == [
        "~ image sygaldry/x:1",
        "    base: debian:12 -> debian:13",
        "~ environment pkg/a",
        "    lock: l1 -> l2",
        "    - root zlib@1/aaaaaaa",
        "    + root zlib@2/ccccccc",
        "- python uv.lock",
        "+ huggingface model:a/b",
    ]
    assert difference(LOCK, ProjectLock("1.2", LOCK.entries)) == ()
