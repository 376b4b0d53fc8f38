"""Files of variables are read as docker reads them, and hostile ones are refused without showing their values."""

import os
from pathlib import Path

import pytest

from sygaldry.host.env_file import load_env_file
from sygaldry.model.errors import NotFoundError, SygaldryError, UsageError


def test_values_are_literal_and_comments_are_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FROM_CALLER", "x")
    path = tmp_path / "env"
    path.write_text('# c\n\nA=1\n  B="q" # not a comment\nFROM_CALLER\nABSENT_ONE\nC==\r\n')
    assert load_env_file(str(path)) == {"A": "1", "B": '"q" # not a comment', "FROM_CALLER": "x", "C": "="}


def test_a_wrong_line_is_named_by_its_number_and_never_printed(tmp_path: Path) -> None:
    path = tmp_path / "env"
    path.write_text("A=1\nhunter2 secret=2\n")
    with pytest.raises(UsageError, match="line 2 of") as caught:
        load_env_file(str(path))
    assert "hunter2" not in caught.value.problem + caught.value.hint


def test_what_is_no_readable_text_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="No such file"):
        load_env_file(str(tmp_path / "absent"))
    os.mkfifo(tmp_path / "fifo")
    binary, large = tmp_path / "binary", tmp_path / "large"
    binary.write_bytes(b"A=\xff\xfe")
    large.write_text("A=" + "x" * (1 << 20))
    for path in (tmp_path / "fifo", tmp_path, binary, large):
        with pytest.raises(SygaldryError):
            load_env_file(str(path))
