"""The recorded logs in tests/data/diagnosis: each is explain_source within 200 tokens, in its own words."""

import json
from pathlib import Path
from typing import Any

import pytest
from benchmarks.explain import is_right

from sygaldry import explain
from sygaldry.diagnosis import Facts, Memory
from sygaldry.explain.text import clean, shorten

DATA = Path(__file__).parents[1] / "data" / "diagnosis"
LABELS = sorted(DATA.glob("*.json"))


@pytest.mark.parametrize("path", LABELS, ids=lambda path: path.stem)
def test_a_recorded_failure_is_explained(path: Path) -> None:
    label: dict[str, Any] = json.loads(path.read_text())
    raw = path.with_suffix(".log").read_bytes()
    cause = explain.explain(Memory(raw), Facts(label["exit_code"]))
    if label["succeeded"]:
        assert cause is None
        return
    assert cause is not None
    answer = explain.answer(cause, 200)
    assert is_right(label, "\n".join(answer)), "\n".join((label["one_line_truth"], *answer))
    lines = raw.split(b"\n")
    for line in (*cause.lines, *cause.also, *cause.chain):
        explanation = lines[line.number - 1]
        shown = shorten(clean(explanation))
        assert line.text.startswith(shown)  # it may be joined with the pieces that Spack wrapped
        assert raw.startswith(explanation, line.offset)


@pytest.mark.parametrize("path", LABELS, ids=lambda path: path.stem)
def test_a_label_tells_where_its_log_comes_from(path: Path) -> None:
    label = json.loads(path.read_text())
    assert label["source"]
    assert label["recorded"]
    assert label["command"]
    assert label["one_line_truth"]
