"""Recorded machines and logs come from others: nothing in them hangs, fills memory or shows a traceback."""

import os
from pathlib import Path

import pytest

from sygaldry.flows.gpu.collect import load
from sygaldry.flows.gpu.diagnose import Request, gpu_diagnose
from sygaldry.gpu.recording import MOST_BASES
from sygaldry.model.errors import SygaldryError, UsageError


def snapshot(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "snapshot.toml").write_text(text)
    return folder


@pytest.mark.parametrize(
    "text",
    [
        "schema = 1\nprobes = 5\n", 'schema = 1\nbase = "."\ngone = "x"\n', 'schema = 1\nbase = "."\n',
        'schema = 1\n[commands.cuda]\ncode = "x"\n', "schema = 1\n[commands.cuda]\ncode = inf\n",
        "schema = 1\n[commands.cuda]\ncode = 1.5\n", "schema = 1\nx = " + "[" * 20_000,
    ],
)  # fmt: skip
def test_values_of_wrong_types_and_circles_are_errors(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="is no snapshot"):
        load(str(snapshot(tmp_path / "x", text)))


def test_devices_pipes_folders_and_huge_files_are_errors(tmp_path: Path) -> None:
    for name in ("zero", "pipe", "folder", "huge", "none", "outside"):
        (tmp_path / name).mkdir()
    (tmp_path / "zero" / "snapshot.toml").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe" / "snapshot.toml")
    (tmp_path / "folder" / "snapshot.toml").mkdir()
    with (tmp_path / "huge" / "snapshot.toml").open("wb") as file:
        file.truncate(3 * 2**30)
    snapshot(tmp_path / "outside", 'schema = 1\nbase = "/dev"\n')
    for name in ("zero", "pipe", "folder", "huge", "none", "outside"):
        with pytest.raises(SygaldryError):
            load(str(tmp_path / name))


def test_a_base_is_named_from_the_folder_of_the_one_that_names_it(tmp_path: Path) -> None:
    snapshot(tmp_path / "one" / "a", 'schema = 1\nbase = "../../two/b"\n')
    snapshot(tmp_path / "two" / "b", 'schema = 1\nbase = "../c"\n')
    snapshot(tmp_path / "two" / "c", 'schema = 1\nsource = "the lowest"\n')
    assert load(str(tmp_path / "one" / "a")).source == "the lowest"


def test_snapshots_on_one_another_have_an_end(tmp_path: Path) -> None:
    for number in range(MOST_BASES + 2):
        snapshot(tmp_path / str(number), f'schema = 1\nbase = "../{number + 1}"\n')
    snapshot(tmp_path / str(MOST_BASES + 2), "schema = 1\n")
    assert load(str(tmp_path / "2")).files == {}
    with pytest.raises(UsageError, match="on one another"):
        load(str(tmp_path / "0"))


def test_a_log_without_an_end_is_cut() -> None:
    report = gpu_diagnose(Request(logs=("/dev/zero",)))
    assert report.exit_code == 4


def test_the_end_of_a_long_log_counts(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("nothing of note\n" * 300_000 + "Error 802: system not yet initialized\n")
    assert gpu_diagnose(Request(logs=(str(log),))).exit_code == 2
