"""States answer as DESIGN says, and old loops keep working."""

import pytest

from sygaldry.model.job import State
from sygaldry.supervisor.status_line import word_of


@pytest.mark.parametrize("state", list(State))
def test_a_status_line_begins_with_one_of_four_words(state: State) -> None:
    assert state.word in {"START", "PROGRESS", "DONE", "FAILED"}
    assert state.word == word_of(state.value), "the supervisor cannot import the enum, so it repeats the rule"


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (State.DONE, 0), (State.FAILED, 1), (State.OOM, 1), (State.STOPPED, 3), (State.LOST, 4), (State.ORPHANED, 4),
        (State.TIMEOUT, 6), (State.PROGRESS, 124), (State.QUEUED, 124), (State.UNKNOWN, 124),
    ],
)  # fmt: skip
def test_wait_answers_with_the_state(state: State, code: int) -> None:
    assert state.answer == code


def test_an_orphan_and_the_unknown_are_not_final() -> None:
    assert not State.ORPHANED.final
    assert not State.UNKNOWN.final
