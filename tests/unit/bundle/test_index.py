"""The index of a bundle: what it names stays inside, and nothing else is accepted."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sygaldry.bundle.index import BundledFile, Index, format_index, is_inside, parse_index, part_names
from sygaldry.model.errors import BundleError

DIGEST = "ab" * 32
INDEX = Index(
    "1.2",
    "x86_64",
    100,
    (
        BundledFile("image", "a/b:1", "layer/layer.tar", 250, DIGEST),
        BundledFile("model", "model:o/n", "models--o--n/snapshots/r/x", 0, "", "../../blobs/" + DIGEST),
    ),
)


def test_what_is_written_is_read() -> None:
    assert parse_index(format_index(INDEX), "f") == INDEX
    assert INDEX.contents() == {DIGEST: 250}


def test_a_large_content_has_parts() -> None:
    assert part_names(DIGEST, 250, 100) == tuple(f"blobs/ab/{DIGEST}.0000{number}" for number in range(3))
    assert part_names(DIGEST, 100, 100) == part_names(DIGEST, 0, 100) == (f"blobs/ab/{DIGEST}",)


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../x", "a/../../x", "a/..", ".", "a\0b"])
def test_a_path_that_leads_outside_is_refused(path: str) -> None:
    assert not is_inside(path)
    raw = json.loads(format_index(INDEX))
    raw["files"][0]["path"] = path
    with pytest.raises(BundleError, match="damaged"):
        parse_index(json.dumps(raw), "f")


@given(st.lists(st.sampled_from(["a", "..", ".", "", "b"]), max_size=8), st.sampled_from(["", "x", "x/y"]))
def test_inside_agrees_with_the_file_system(words: list[str], folder: str) -> None:
    import posixpath

    path = "/".join(words)
    if path.startswith("/") or not path:
        return
    steps = [posixpath.normpath("/".join(["root", *folder.split("/"), *words[:n]])) for n in range(1, len(words) + 1)]
    stays = all(step == "root" or step.startswith("root/") for step in steps)
    assert is_inside(path, folder) == (stays and steps[-1] != "root")


@pytest.mark.parametrize(
    "change",
    [
        {"version": 3},
        {"files": [{"kind": "program", "group": "", "path": "a", "size": 1, "sha256": DIGEST}]},
        {"files": [{"kind": "image", "group": "", "path": "a", "size": 1, "sha256": "short"}]},
        {"files": [{"kind": "image", "group": "", "path": "a", "size": -1, "sha256": DIGEST}]},
        {"files": [{"kind": "image", "group": "", "path": "a", "size": 10**15, "sha256": DIGEST}]},
        {"files": [{"kind": "model", "group": "", "path": "a/b", "size": 0, "link": "../../etc/shadow"}]},
        {"files": 3},
        {"part_bytes": 0},
        {"part_bytes": "x"},
    ],
)
def test_a_damaged_or_newer_index_is_refused(change: dict[str, object]) -> None:
    text = json.dumps({**json.loads(format_index(INDEX)), **change})
    with pytest.raises(BundleError) as caught:
        parse_index(text, "index.json")
    assert caught.value.hint


@pytest.mark.parametrize("text", ["", "[]", "3", "{", '{"version": 1}', "[" * 100_000])
def test_what_is_no_index_is_refused(text: str) -> None:
    with pytest.raises(BundleError):
        parse_index(text, "index.json")
