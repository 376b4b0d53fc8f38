"""A signal ends a launch whose command does not exist yet, and waits for one that is about to."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sygaldry.host.signal_delivery import DELIVERED, NOT_STARTED, WAIT, ContainerControl, Delivery, read_state
from sygaldry.model.command import Command

_TERM = 15


@pytest.fixture
def engine(tmp_path: Path) -> Callable[..., ContainerControl]:
    """Give an engine that answers one question in one way, and notes the signals that it is to deliver."""

    def make(script: str, *, kill: str = "true", mark: str = "") -> ContainerControl:
        return ContainerControl(
            state=Command(("/bin/sh", "-c", script)),
            kill=lambda name, number: Command(
                ("/bin/sh", "-c", f'echo "$0" "$1" >> {tmp_path}/kills; {kill}', name, str(number))
            ),
            remove=Command(("false",)),
            mark=mark,
        )

    return make


def kills(folder: Path) -> list[str]:
    path = folder / "kills"
    return path.read_text().splitlines() if path.exists() else []


@pytest.mark.parametrize("missing", ["Error: No such container: x", 'Error: no such container "x"'])
def test_a_container_that_is_absent_ends_the_launch(engine: Callable[..., ContainerControl], missing: str) -> None:
    assert Delivery(engine(f"echo '{missing}' >&2; exit 1"), _TERM).attempt() == NOT_STARTED


@pytest.mark.parametrize("status", ["created", "configured", "initialized", "restarting"])
def test_a_container_that_has_not_started_is_waited_for(engine: Callable[..., ContainerControl], status: str) -> None:
    assert Delivery(engine(f"echo ID {status} 0"), _TERM).attempt() == WAIT


def test_a_silent_engine_is_asked_again_and_not_for_ever(engine: Callable[..., ContainerControl]) -> None:
    delivery = Delivery(engine("echo cannot connect >&2; exit 1"), _TERM)
    outcomes = [delivery.attempt() for _ in range(151)]
    assert set(outcomes[:-1]) == {WAIT}
    assert outcomes[-1] == NOT_STARTED


def test_a_running_container_of_another_machine_gets_the_signal(
    engine: Callable[..., ContainerControl], tmp_path: Path
) -> None:
    assert Delivery(engine("echo ID running 1"), _TERM).attempt() == DELIVERED
    assert kills(tmp_path) == ["ID 15"]


def test_a_kill_that_fails_is_tried_again(engine: Callable[..., ContainerControl], tmp_path: Path) -> None:
    delivery = Delivery(engine("echo ID running 1", kill="exit 1"), _TERM)
    assert [delivery.attempt(), delivery.attempt()] == [WAIT, WAIT]
    assert kills(tmp_path) == ["ID 15", "ID 15"]


def test_what_has_ended_needs_no_signal(engine: Callable[..., ContainerControl], tmp_path: Path) -> None:
    assert Delivery(engine("echo ID exited 0"), _TERM).attempt() == DELIVERED
    assert kills(tmp_path) == []


def test_a_container_of_another_launch_with_our_name_is_left_alone(
    engine: Callable[..., ContainerControl], tmp_path: Path
) -> None:
    assert Delivery(engine("echo ID running 1 other", mark="ours"), _TERM).attempt() == NOT_STARTED
    assert kills(tmp_path) == []
    assert read_state("ID running 7 ours", "ours").pid == 7
    assert read_state("garbage", "").id == ""
