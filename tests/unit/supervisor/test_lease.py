from pathlib import Path

import pytest

from sygaldry.supervisor.lease import Lease, SupersededError, newest_start, take_lease
from sygaldry.supervisor.run_files import RunFiles


def test_a_newer_start_supersedes_an_older_one(tmp_path: Path) -> None:
    paths = RunFiles(str(tmp_path), "job", "20260101T000000000Z")
    first = Lease(paths)
    first.check()
    assert take_lease(paths, 1)
    second = Lease(paths)
    second.check()
    with pytest.raises(SupersededError):
        first.check()
    assert not take_lease(paths, 0)
    assert newest_start(paths) == 1


@pytest.mark.parametrize("text", ["", "x", "-1", "1" * 40 + "x"])
def test_a_lease_that_is_no_number_is_none(tmp_path: Path, text: str) -> None:
    paths = RunFiles(str(tmp_path), "job", "20260101T000000000Z")
    Path(paths.lease).write_text(text)
    assert newest_start(paths) in (0, int("1" * 16))
