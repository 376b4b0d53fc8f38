"""The event loop forwards signals and obeys the control pipe and the stop file."""

import os
import signal
from pathlib import Path

import pytest

from sygaldry.supervisor.signals import EventLoop


@pytest.fixture
def control(tmp_path: Path) -> str:
    os.mkfifo(tmp_path / "ctl")
    return str(tmp_path / "ctl")


def write(control: str, text: bytes) -> None:
    descriptor = os.open(control, os.O_WRONLY | os.O_NONBLOCK)
    os.write(descriptor, text)
    os.close(descriptor)


def test_signals_of_the_control_pipe_are_returned_and_other_lines_ignored(control: str, tmp_path: Path) -> None:
    loop = EventLoop(control, str(tmp_path / "stop"))
    write(control, b"signal 10\nstop\nsignal x\nsignal 12\n\xff\n")
    assert loop.wait(0) == [10, 12]
    assert loop.wait(0) == []


def test_a_loop_that_does_not_read_the_control_pipe_forwards_through_it(control: str, tmp_path: Path) -> None:
    parent = EventLoop(control, str(tmp_path / "stop"), reads_control=False)
    child = EventLoop(control, str(tmp_path / "stop"))
    parent.forward(signal.SIGUSR1)
    assert parent.wait(0) == []
    assert child.wait(0) == [signal.SIGUSR1]


def test_a_stop_is_requested_by_a_file(control: str, tmp_path: Path) -> None:
    loop = EventLoop(control, str(tmp_path / "stop"))
    assert not loop.stop_requested()
    (tmp_path / "stop").touch()
    assert loop.stop_requested()


def test_without_a_control_pipe_the_stop_file_is_enough(tmp_path: Path) -> None:
    loop = EventLoop(str(tmp_path / "none"), str(tmp_path / "stop"))
    loop.forward(signal.SIGUSR1)
    assert loop.wait(0) == []


def test_a_further_descriptor_wakes_the_loop_and_stays_unread(control: str, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    loop = EventLoop(control, str(tmp_path / "stop"))
    loop.add_fd(reader)
    os.write(writer, b"output")
    assert loop.wait(60) == []
    loop.remove_fd(reader)
    assert os.read(reader, 10) == b"output"
