"""A version without a pinned download fails at the plan, and a pin can be added."""

import json
from pathlib import Path

import pytest

from sygaldry.config.settings import Settings
from sygaldry.flows.image.pin import image_pin, image_pins
from sygaldry.flows.image.pins import PINNED, artifacts_with_pins, user_pins_path
from sygaldry.flows.image.recipe import recipe_for_base
from sygaldry.layout import layout
from sygaldry.model.errors import SettingError, StorageError, UsageError
from sygaldry.model.value import replace

SHA = "ab" * 32


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def test_the_default_versions_have_a_pin() -> None:
    shipped = json.loads(Path(layout().container, "artifacts.json").read_text())["artifacts"]
    for tool, name in PINNED.items():
        assert getattr(Settings(), name) in shipped[tool]


def test_a_version_without_a_pin_is_refused_with_those_that_have_one() -> None:
    settings = replace(Settings(), bazel_version="7.1.0")
    with pytest.raises(
        SettingError, match=r"BAZEL_VERSION=7\.1\.0 has no pinned download; versions with one: 6.4.0"
    ) as it:
        recipe_for_base(settings, "")
    assert "sygaldry image pin bazel 7.1.0 --sha256" in it.value.hint
    recipe_for_base(replace(settings, toolchains=("go",)), "")


def test_an_added_pin_is_part_of_the_recipe_of_images_that_use_it() -> None:
    before = recipe_for_base(Settings(), "")
    image_pin("bazel", "7.1.0", SHA)
    assert recipe_for_base(Settings(), "") == before, "other images stay as they are"
    content = json.loads(
        artifacts_with_pins(replace(Settings(), bazel_version="7.1.0"), b'{"artifacts": {"bazel": {}}}')
    )
    (pin,) = content["artifacts"]["bazel"]["7.1.0"].values()
    assert pin["sha256"] == SHA
    assert pin["url"].startswith("https://github.com/bazelbuild/bazel/releases/download/7.1.0/bazel-7.1.0-linux-")
    assert image_pins().lines[0] == "bazel    6.4.0, 7.1.0"


@pytest.mark.parametrize(
    ("tool", "version", "sha256"),
    [("go", "1.2", SHA), ("bazel", "latest", SHA), ("bazel", "7.1.0", "abc"), ("bazel", "7.1.0", SHA.upper())],
)
def test_what_cannot_be_a_pin_is_refused(tool: str, version: str, sha256: str) -> None:
    with pytest.raises(UsageError):
        image_pin(tool, version, sha256)


def test_a_damaged_file_of_pins_is_named() -> None:
    Path(user_pins_path()).parent.mkdir(parents=True)
    Path(user_pins_path()).write_text("[]")
    with pytest.raises(StorageError, match="is damaged"):
        image_pins()
