"""Heartbeats, observations and stalls become events and a fresh status line."""

from pathlib import Path
from typing import Any

import pytest

from sygaldry.jobs.status_line import read_status
from sygaldry.supervisor.heartbeat import Heartbeat
from sygaldry.supervisor.output_monitor import Output
from sygaldry.supervisor.recorder import RunRecorder
from sygaldry.supervisor.run_files import RunFiles


class World:
    """A recorder in a folder, its output, and a clock that a test sets."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr("time.monotonic", lambda: self.now)
        self.paths = RunFiles(str(folder), "j", "20260101T000000000Z")
        self.recorder = RunRecorder(self.paths)
        self.output = Output(self.paths.log(), self.paths.index(), 0)
        self.heartbeat = Heartbeat(self.recorder, self.output, "2/3")

    def events(self) -> list[dict[str, Any]]:
        from sygaldry.jobs.events import read_events

        return list(read_events(self.paths.events))

    def status(self) -> dict[str, str]:
        return read_status(self.paths.status)

    def print(self, text: bytes) -> bool:
        with Path(self.paths.log()).open("ab") as log:
            log.write(text)
        return self.output.sample()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


def test_a_heartbeat_is_due_every_ten_seconds_and_lists_processes_only_then(world: World) -> None:
    listed: list[float] = []

    def processes() -> list[int]:
        listed.append(world.now)
        return []

    world.heartbeat.beat([])
    for _ in range(25):
        world.now += 1
        world.heartbeat.tick(processes, False)
    assert listed == [1010.0, 1020.0]
    assert [each["event"] for each in world.events()].count("progress") == 3


def test_a_position_goes_into_the_next_status_and_other_observations_into_the_ledger(world: World) -> None:
    world.heartbeat.beat([])
    world.heartbeat.take_observations(
        [{"event": "at", "done": 3, "total": 9, "step": "cc x.c", "eta_s": 125}, {"event": "phase", "phase": "build"}]
    )
    world.now += 2
    world.heartbeat.tick(list, False)
    status = world.status()
    assert (status["done"], status["eta"], status["step"], status["try"]) == ("3/9", "2m5s", "cc x.c", "2/3")
    assert world.events()[-1]["phase"] == "build"


def test_a_stall_is_recorded_once_and_ends_when_output_resumes(world: World) -> None:
    world.heartbeat.beat([])
    world.now += 600
    world.heartbeat.record_stall()
    world.heartbeat.record_stall()
    world.heartbeat.tick(list, world.print(b"alive\n"))
    events = [each["event"] for each in world.events()]
    assert (events.count("stall"), events.count("resumed")) == (1, 1)


def test_silence_shows_in_the_status_after_half_a_minute(world: World) -> None:
    world.now += 40
    world.heartbeat.beat([])
    assert world.status()["silent"] == "40s"


def test_without_a_position_the_step_is_the_last_line(world: World) -> None:
    world.print(b"one\n\x1b[31mtwo\x1b[0m\n\n")
    world.heartbeat.beat([])
    assert world.status()["step"] == "two"
