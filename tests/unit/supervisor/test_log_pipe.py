"""What goes through the supervisor loses its secrets and nothing else."""

import os
from pathlib import Path

import pytest

from sygaldry.supervisor.log_pipe import LogPipe, secrets


def carried(folder: Path, pieces: list[bytes], masked: tuple[bytes, ...]) -> bytes:
    reader, writer = os.pipe()
    log = os.open(folder / "log", os.O_RDWR | os.O_CREAT | os.O_APPEND)
    log_pipe = LogPipe(reader, log, masked)
    for piece in pieces:
        os.write(writer, piece)
        log_pipe.drain()
    os.close(writer)
    log_pipe.finish()
    os.close(log)
    os.close(reader)
    return (folder / "log").read_bytes()


@pytest.mark.parametrize("cut", range(1, 14))
def test_a_secret_is_masked_wherever_it_is_cut(tmp_path: Path, cut: int) -> None:
    text = b"a s3cr3t-value b"
    assert carried(tmp_path, [text[:cut], text[cut:]], (b"s3cr3t-value",)) == b"a *** b"


@pytest.mark.parametrize("text", [b"s3cr3t", b"\0\xff\n", b"", b"s3c\ns3cr"])
def test_what_only_begins_like_a_secret_is_kept(tmp_path: Path, text: bytes) -> None:
    assert carried(tmp_path, [text], (b"s3cr3t-value",)) == text


def test_telling_names_are_masked_unasked() -> None:
    environment = {b"HF_TOKEN": b"abcd", b"PATH": b"/bin", b"MINE": b"efgh"}
    assert set(secrets(environment, ("MINE",))) == {b"abcd", b"efgh"}
