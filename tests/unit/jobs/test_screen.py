"""What keys do in the view of all jobs."""

from io import StringIO

import pytest
from rich.console import Console

from sygaldry.flows.job.screen.draw import draw
from sygaldry.flows.job.screen.state import JobRow, View, after_key, chosen

ROWS = (
    JobRow(
        "a", "r1", {"state": "PROGRESS", "done": 3, "total": 6, "elapsed_s": 61.0, "eta_low_s": 5, "eta_high_s": 90}
    ),
    JobRow("b", "r2", {"state": "FAILED", "final": True}, "a.c:1: [red]error[/red]"),
    JobRow("c", "r3", {"state": "DONE", "final": True}),
)


def keys(text: str, view: View | None = None) -> View:
    view = view or View()
    for key in text.split():
        view = after_key(view, key, ROWS)
    return view


def test_keys_move_within_the_list() -> None:
    assert chosen(View(), ROWS) is ROWS[0]
    assert keys("down down").selected == "c"
    assert keys("down down down down up k").selected == "a"
    assert keys("page-down").selected == "c"


@pytest.mark.parametrize(
    ("typed", "mode"), [("enter", "log"), ("e", "explain"), ("enter enter", "list"), ("e q", "list")]
)
def test_keys_change_what_is_shown(typed: str, mode: str) -> None:
    assert keys(typed).mode == mode


def test_a_stop_is_confirmed_first() -> None:
    assert keys("s").mode == "confirm"
    assert keys("s y").stops == "a"
    assert keys("s n").stops == ""
    assert keys("s y down").stops == "", "once"
    assert keys("down s").note == "job b has ended"


def test_q_leaves_only_the_list() -> None:
    assert keys("q").is_over
    assert not keys("e q").is_over
    assert keys("e q q").is_over
    assert not keys("escape").is_over


def test_an_empty_list_takes_every_key() -> None:
    for key in ("up", "down", "enter", "e", "s", "x", ""):
        assert after_key(View(), key, ()).stops == ""


@pytest.mark.parametrize("view", [View(), View("b", "explain"), View("a", "confirm"), View("c", "log")])
def test_the_screen_fits_and_shows_texts_as_they_are(view: View) -> None:
    output = StringIO()
    lines = [f"[b]line {number}[/b]" for number in range(100)]
    Console(width=100, height=20, file=output).print(draw(view, ROWS, lines, 20))
    text = output.getvalue()
    assert len(text.splitlines()) <= 20
    assert "###" in text
    assert "[red]error[/red]" in text
    if view.mode in ("log", "explain"):
        assert "[b]line 99[/b]" in text
