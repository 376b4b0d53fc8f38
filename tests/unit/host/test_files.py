"""A file is written whole or not at all, and what stands in the way is said in our words."""

from __future__ import annotations

from pathlib import Path

import pytest

from sygaldry.host import files
from sygaldry.model.errors import StorageError


def test_a_place_that_cannot_be_written_is_one_message_and_no_fault_of_ours(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match=r"cannot write .*Not a directory") as caught:
        files.replace(tmp_path / "file" / "below", "text")
    assert caught.value.hint


def test_a_file_is_replaced_whole_and_no_draft_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    files.replace(path, "new")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
    assert path.read_text() == "new"
