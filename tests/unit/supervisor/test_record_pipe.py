"""A helper's records are read without waiting; what code of the job writes into the pipe does no harm."""

import os
from collections.abc import Iterator

import pytest

from sygaldry.supervisor.gpu_monitor import _known
from sygaldry.supervisor.record_pipe import RecordPipe, _object
from sygaldry.supervisor.signals import EventLoop


class Loop:
    """Takes note of what is waited for."""

    def __init__(self) -> None:
        self.descriptors: set[int] = set()

    def add_fd(self, fd: int) -> None:
        self.descriptors.add(fd)

    def remove_fd(self, fd: int) -> None:
        self.descriptors.remove(fd)


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def pipe(loop: Loop) -> Iterator[tuple[RecordPipe, int]]:
    records = RecordPipe(_event_loop(loop))
    writer = records.open()
    yield records, writer
    records.close()


def _event_loop(loop: Loop) -> EventLoop:
    return loop  # type: ignore[return-value] # a fake with the two methods that are used


def test_records_come_as_they_are_whole(pipe: tuple[RecordPipe, int]) -> None:
    records, writer = pipe
    assert records.read() == []
    assert records.heard == 0.0
    os.write(writer, b'{"kind": "alive"}\n{"ki')
    assert records.read() == [{"kind": "alive"}]
    os.write(writer, b'nd": "xid"}\n')
    assert records.read() == [{"kind": "xid"}]
    assert records.heard > 0
    os.close(writer)


def test_the_end_closes_the_pipe_and_leaves_the_loop(pipe: tuple[RecordPipe, int], loop: Loop) -> None:
    records, writer = pipe
    assert loop.descriptors == {records.fd}
    os.write(writer, b'{"kind": "lost"}\n')
    os.close(writer)
    assert records.read() == [{"kind": "lost"}]
    assert records.read() == []
    assert (records.fd, loop.descriptors) == (-1, set())


def test_an_endless_line_closes_the_pipe(pipe: tuple[RecordPipe, int]) -> None:
    records, writer = pipe
    os.set_blocking(writer, False)
    for _ in range(100):
        if records.fd < 0:
            break
        os.write(writer, b"x" * (1 << 15))
        records.read()
    assert records.fd == -1
    os.close(writer)


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000, b'{"kind": ["lost"]}', b"\xff\xfe", b"", b"null", b'{"kind": 5}', b"1e999999",
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    ],
)  # fmt: skip
def test_a_hostile_line_is_no_record(line: bytes) -> None:
    assert _known(_object(line)) == {}


def test_values_are_bounded() -> None:
    record = _known({"kind": "xid", "gpu": "0", "text": "x" * 10_000, "more": 1})
    assert record == {"kind": "xid", "gpu": -1, "text": "x" * 120}
