"""Settings: the last layer wins, remembers who said it, and knows a typo."""

import pytest

from sygaldry.config.resolve import environment_layer, file_layer, flags_layer, resolve
from sygaldry.model.errors import SettingError


def test_a_flag_wins_over_a_variable_over_a_file() -> None:
    layers = (
        file_layer({"runtime": "podman", "network": "none", "shm_size": "1g"}, "sygaldry.toml"),
        environment_layer({"SYGALDRY_RUNTIME": "docker", "SYGALDRY_NETWORK": "host"}),
        flags_layer({"runtime": "sandbox"}),
    )
    resolved = resolve(*layers)
    assert (resolved.settings.runtime, resolved.origins["runtime"]) == ("sandbox", "--runtime")
    assert (resolved.settings.network, resolved.origins["network"]) == ("host", "SYGALDRY_NETWORK")
    assert (resolved.settings.shm_size, resolved.origins["shm_size"]) == ("1g", "sygaldry.toml")
    assert resolved.origins["image"] == "default"


def test_the_variables_of_the_spec_are_settings() -> None:
    given = {
        "SYGALDRY_PROJECT_ID": "demo",
        "SYGALDRY_IMAGE": "mine:1",
        "SYGALDRY_GPU": "false",
        "SYGALDRY_ENTRYPOINT": "uv-install",
        "BAZEL_VERSION": "7.0.0",
        "PYTHON_VERSION": "3.12",
        "RUST_VERSION": "1.80.0",
    }
    settings = resolve(environment_layer(given)).settings
    values = (settings.project_id, settings.image, settings.gpu, settings.entrypoint)
    assert values == ("demo", "mine:1", "false", "uv-install")
    assert (settings.bazel_version, settings.python_version, settings.rust_version) == (
        "7.0.0",
        "3.12",
        "1.80.0",
    )


def test_an_unknown_key_of_a_file_names_its_neighbour() -> None:
    with pytest.raises(SettingError, match=r"unknown setting 'runtme' in sygaldry\.toml") as caught:
        file_layer({"runtme": "docker"}, "sygaldry.toml")
    assert "'runtime'" in caught.value.hint


def test_an_unknown_variable_of_ours_names_its_neighbour() -> None:
    with pytest.raises(SettingError) as caught:
        environment_layer({"SYGALDRY_RUNTMIE": "docker"})
    assert "'SYGALDRY_RUNTIME'" in caught.value.hint


@pytest.mark.parametrize("bad", ["..", "a/b", "a\\b", "-x", ".x", "a..b", "x" * 65, "a b", "a\n", "é"])
def test_a_hostile_project_id_is_refused(bad: str) -> None:
    with pytest.raises(SettingError, match="not a valid project id"):
        environment_layer({"SYGALDRY_PROJECT_ID": bad})


def test_words_for_yes_and_no_are_understood() -> None:
    assert resolve(environment_layer({"SYGALDRY_GPU": "0", "SYGALDRY_QUIET": "yes"})).settings.gpu == "false"
    assert resolve(environment_layer({"SYGALDRY_QUIET": "yes"})).settings.quiet is True


def test_an_old_name_still_works_and_says_so() -> None:
    layer = environment_layer({"SYGALDRY_CONTAINER_ROOT": "/srv/x"})
    assert layer.values["storage_root"] == "/srv/x"
    assert layer.notes == ("SYGALDRY_CONTAINER_ROOT is the old name of SYGALDRY_STORAGE_ROOT",)


def test_a_value_of_the_wrong_type_in_a_file_is_told() -> None:
    with pytest.raises(SettingError, match="must be a list of strings"):
        file_layer({"mounts": "/a:/b"}, "sygaldry.toml")
