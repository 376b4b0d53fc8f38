"""A project is prepared without touching what is there."""

import tomllib
from pathlib import Path

import pytest

from sygaldry.config.resolve import file_layer
from sygaldry.flows.init import init, settings_text
from sygaldry.model.errors import NotFoundError


def test_every_example_of_the_settings_file_is_a_valid_setting() -> None:
    text = settings_text('my "odd\\ name')
    assert tomllib.loads(text) == {}
    examples = [line.removeprefix("# ") for line in text.splitlines() if " = " in line]
    layer = file_layer(tomllib.loads("\n".join(examples)), "sygaldry.toml")
    assert layer.values["project_id"] == "my--odd--name" or layer.values["project_id"].startswith("my")
    assert len(layer.values) == len(examples)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "sygaldry.toml").write_text("quiet = true\n")
    (tmp_path / "WORKSPACE").symlink_to("nowhere")
    report = init(str(tmp_path), spack=True, bazel=True)
    assert (tmp_path / "sygaldry.toml").read_text() == "quiet = true\n"
    assert not (tmp_path / "nowhere").exists()
    assert report.data["kept"] == ["sygaldry.toml", "WORKSPACE"]
    assert (tmp_path / "pkg" / "zephyr" / "build.sh").stat().st_mode & 0o111
    assert (tmp_path / "pkg" / "zephyr" / "spack.lock").read_bytes().startswith(b"{")
    again = init(str(tmp_path), spack=True, bazel=True)
    assert again.data["written"] == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="is not a folder"):
        init(str(tmp_path / "absent"))
