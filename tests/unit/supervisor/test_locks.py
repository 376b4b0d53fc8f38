"""A held lock proves that its owner is alive."""

import os
from pathlib import Path

from sygaldry.supervisor import locks
from sygaldry.supervisor.exit_code_shell import prepare, read_exit_code


def test_a_lock_is_held_until_its_descriptor_is_closed(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    assert not locks.is_held(path)
    descriptor = locks.take(path)
    assert locks.is_held(path)
    assert locks.take(path, tries=1) == -1
    os.close(descriptor)
    assert not locks.is_held(path)


def test_an_exit_code_is_read_only_when_it_is_one(tmp_path: Path) -> None:
    code = tmp_path / "rc"
    assert read_exit_code(str(code)) is None
    for text, expected in (("0  \n", 0), ("255\n", 255), ("256\n", None), ("-1\n", None), ("   \n", None), ("x", None)):
        code.write_text(text)
        assert read_exit_code(str(code)) == expected, text


def test_the_draft_of_an_exit_code_has_its_blocks(tmp_path: Path) -> None:
    prepare(str(tmp_path / "rc"))
    draft = tmp_path / "rc.draft"
    assert draft.read_bytes() == b"   \n"
    assert draft.stat().st_mode & 0o777 == 0o600
