"""The disk of a folder is that of the nearest one above it that can be looked at."""

from pathlib import Path

from tests.rig.denied import without_access

from sygaldry.host.disk import free_and_size


def test_a_folder_of_another_user_is_on_the_disk_of_the_one_above(tmp_path: Path) -> None:
    folder = tmp_path / "another"
    folder.mkdir()
    with without_access(folder):
        free, size = free_and_size(str(folder / "below" / "that"))
    assert 0 <= free <= size
