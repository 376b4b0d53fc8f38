"""Logs are read at any place, and never beyond the size they had."""

import os
from pathlib import Path

import pytest

from sygaldry.host.logs import open_log
from sygaldry.model.errors import UsageError


def test_a_log_is_read_at_any_place(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\ntwo\n")
    log = open_log(str(path))
    assert log.size == 8
    assert log.read(4, 100) == b"two\n"
    assert log.read(100, 4) == b""


def test_a_growing_log_keeps_the_size_it_had(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\n")
    log = open_log(str(path))
    with path.open("ab") as file:
        file.write(b"two\n")
    assert log.read(0, 100) == b"one\n"


def test_a_folder_and_a_pipe_are_no_logs(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path, tmp_path / "fifo"):
        with pytest.raises(UsageError, match=r"is a folder|not a regular file"):
            open_log(str(path))
