"""The disk of a folder is that of the nearest one above that can be looked at; a removal touches nothing outside."""

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.rig.denied import without_access

from sygaldry.host.disk import free_and_size, remove_tree


def test_a_folder_of_another_user_is_on_the_disk_of_the_one_above(tmp_path: Path) -> None:
    folder = tmp_path / "another"
    folder.mkdir()
    with without_access(folder):
        free, size = free_and_size(str(folder / "below" / "that"))
    assert 0 <= free <= size


def test_a_store_of_read_only_folders_is_removed(tmp_path: Path) -> None:
    store = tmp_path / "store"
    (store / "package" / "bin").mkdir(parents=True)
    (store / "package" / "bin" / "tool").touch()
    for each in (store / "package" / "bin", store / "package", store):
        each.chmod(0o555)
    remove_tree(store)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("denied", [os.open, os.rmdir])
def test_a_removal_that_is_denied_leaves_the_folder_above_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, denied: object
) -> None:
    shared, folder = tmp_path, tmp_path / "scratch"
    shared.chmod(0o1777)
    folder.mkdir()
    plain, tries = shutil.rmtree, []

    def refused(path: str, onerror: Callable[..., object]) -> None:
        tries.append(path)
        if len(tries) > 1:
            plain(path)
            return
        error = PermissionError(13, "Permission denied", path)
        onerror(denied, path, (PermissionError, error, None))

    monkeypatch.setattr(shutil, "rmtree", refused)
    remove_tree(folder)
    assert list(shared.iterdir()) == []
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777
