"""A signal waits for the command of a container that is about to start, and ends a launch that never does."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sygaldry.host.container_pause import pause_container, unpause_container
from sygaldry.host.signal_delivery import DELIVERED, NOT_STARTED, WAIT, ContainerControl, Delivery, read_state
from sygaldry.model.command import Command
from sygaldry.model.value import replace

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


@pytest.mark.parametrize(
    "answer", ["echo 'Error: No such container: x' >&2; exit 1", "echo cannot connect >&2; exit 1", "exit 0"]
)
def test_a_container_that_is_absent_is_waited_for_and_not_for_ever(
    engine: Callable[..., ContainerControl], answer: str
) -> None:
    assert Delivery(engine(answer), _TERM).attempt() == WAIT
    assert Delivery(engine(answer), _TERM, start_s=0.0).attempt() == NOT_STARTED


@pytest.mark.parametrize("status", ["created", "configured", "initialized", "restarting"])
def test_a_container_that_has_not_started_is_waited_for(engine: Callable[..., ContainerControl], status: str) -> None:
    assert Delivery(engine(f"echo ID {status} 0"), _TERM).attempt() == WAIT


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
    assert Delivery(engine("echo ID running 1 other", mark="ours"), _TERM).attempt() == WAIT
    assert kills(tmp_path) == []
    assert read_state("ID running 7 ours", "ours").pid == 7
    assert read_state("garbage", "").id == ""


@pytest.mark.parametrize(
    ("answer", "works", "paused"),
    [("ID running 1", "true", "ID"), ("ID running 1", "false", ""), ("ID created 0", "true", ""), ("", "true", "")],
)
def test_only_a_running_container_is_paused(
    engine: Callable[..., ContainerControl], answer: str, works: str, paused: str
) -> None:
    control = replace(engine(f"echo {answer}"), pause=lambda _: Command((works,)), unpause=lambda _: Command((works,)))
    assert pause_container(control) == paused
    assert unpause_container(control, "ID") is (works == "true")
    assert pause_container(engine(f"echo {answer}")) == ""
