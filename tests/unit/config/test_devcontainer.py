"""What a launch takes from a devcontainer.json, and how wrong and hostile files are refused."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sygaldry.config.devcontainer import parse, settings_of
from sygaldry.model.devcontainer import Devcontainer, DevcontainerBuild, ProjectCommand
from sygaldry.model.errors import SettingError
from sygaldry.model.value import replace

_PATH = "/home/me/My App/.devcontainer/devcontainer.json"
_WORKSPACE = "/home/me/My App"


def read(table: object, caller: Mapping[str, str] | None = None) -> Devcontainer:
    found = parse(json.dumps(table), _PATH, _WORKSPACE, caller or {})
    assert found is not None
    return found


def test_every_supported_key_is_read() -> None:
    found = read(
        {
            "name": "app",
            "build": {
                "dockerfile": "Dockerfile",
                "context": "..",
                "args": {"WHO": "${localEnv:USER:me}"},
                "target": "dev",
            },
            "mounts": [
                "source=${localWorkspaceFolder}/data,target=/data,type=bind,consistency=cached",
                {"type": "bind", "source": "/srv", "target": "/srv", "readonly": True},
            ],
            "containerEnv": {"A": "1", "HERE": "${containerWorkspaceFolder}/x", "TOKEN": "${localEnv:TOKEN}"},
            "remoteEnv": {"PATH": "${containerEnv:PATH}:/opt/app", "A": "2", "UNSET": None},
            "forwardPorts": [3000, "localhost:3001", "3002", 3000],
            "remoteUser": "vscode",
            "hostRequirements": {"gpu": "optional"},
            "postCreateCommand": {"one": "make deps", "two": ["echo", "${devcontainerId}"]},
            "customizations": {"vscode": {}},
        },
        {"TOKEN": "secret", "HOME": "/home/me"},
    )
    assert found.build == DevcontainerBuild(
        found.build.name if found.build else "",
        "/home/me/My App/.devcontainer/Dockerfile",
        "/home/me/My App",
        {"WHO": "me"},
        "dev",
    )
    assert found.mounts == ("/home/me/My App/data:/data", "/srv:/srv:ro")
    assert (found.environment, found.passed) == ({"A": "2", "HERE": "/workspace/x"}, ("TOKEN",))
    assert found.expanded == {"PATH": "${containerEnv:PATH}:/opt/app"}
    assert found.ports == ("127.0.0.1:3000:3000", "127.0.0.1:3001:3001", "127.0.0.1:3002:3002")
    assert (found.user, found.settings, found.ignored) == ("vscode", {"gpu": "auto"}, ())
    first, second = found.commands
    assert first == ProjectCommand("postCreateCommand", ("/bin/sh", "-c", "make deps"))
    assert second.argv[0] == "echo"
    assert len(second.argv[1]) == 52
    assert "secret" not in repr(replace(found, text="")), "a variable of the caller is passed by its name"


def test_what_reaches_outside_is_listed_for_consent() -> None:
    found = read(
        {
            "image": "mcr.example/dev:1",
            "mounts": ["type=bind,source=/srv,target=/srv"],
            "remoteEnv": {"A": "${localEnv:HOME}/x"},
            "forwardPorts": [80],
            "postCreateCommand": "make",
        }
    )
    assert found.wants == (
        "image = mcr.example/dev:1",
        "mount = /srv:/srv",
        "variable of the caller = HOME",
        "publish = 127.0.0.1:80:80",
        "postCreateCommand = make",
    )
    assert read({"containerEnv": {"A": "1"}, "remoteUser": "node", "hostRequirements": {"gpu": True}}).wants == ()


def test_an_image_is_a_setting_only_after_consent() -> None:
    found = read({"image": "mcr.example/dev:1", "hostRequirements": {"gpu": {"cores": 1}}})
    assert settings_of(found).values == {"gpu": "true"}
    assert settings_of(replace(found, accepted=True)).values == {"image": "mcr.example/dev:1", "gpu": "true"}


def test_ignored_keys_are_named_and_few() -> None:
    found = read(
        {
            "image": "a",
            "features": {"x": {}},
            "initializeCommand": "rm -rf /",
            "build": {"options": []},
            "mounts": ["type=npipe,source=v,target=/v"],
            "runArgs": ["--name", "x", "-it", "--network=container:db"],
            "forwardPorts": ["db:5432", 0, 70000, True, 9**30],
            "hostRequirements": {"cpus": 4},
        }
    )
    assert found.ignored == (
        "features", "initializeCommand", "build.options", "mounts[0]", "forwardPorts[0]", "forwardPorts[1]",
        "forwardPorts[2]", "forwardPorts[3]", "forwardPorts[4]", "hostRequirements.cpus", "runArgs --name",
        "runArgs --interactive", "runArgs --network",
    )  # fmt: skip
    many = read({f"key{number}": 1 for number in range(1000)} | {"\x1b[2J": 1}).ignored
    assert many[-1] == "981 more"
    assert len(many) == 21
    assert read({"\x1b[2J": 1}).ignored == ("'\\x1b[2J'",)


def test_our_own_file_is_not_read_back() -> None:
    assert parse('{"customizations": {"sygaldry": {"generated": true}}}', _PATH, _WORKSPACE, {}) is None
    shipped = Path(__file__).parents[3] / ".devcontainer" / "devcontainer.json"
    assert parse(shipped.read_text(), str(shipped), str(shipped.parents[1]), {}) is None


def test_compose_is_refused_by_name() -> None:
    with pytest.raises(SettingError, match="has a dockerComposeFile") as caught:
        read({"dockerComposeFile": "docker-compose.yml", "service": "app"})
    assert "SYGALDRY_DEVCONTAINER=ignore" in caught.value.hint


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ([], "is not a JSON object"),
        ({"image": 1}, "'image'"),
        ({"image": "a\0b"}, "'image'"),
        ({"image": "a b"}, "not a valid image"),
        ({"build": []}, None),
        ({"build": "Dockerfile"}, "'build'"),
        ({"build": {"dockerfile": ["x"]}}, "'dockerfile'"),
        ({"mounts": "x"}, "'mounts'"),
        ({"mounts": [1]}, "'mounts'"),
        ({"mounts": ["type=bind,source=relative,target=/x"]}, "'mounts'"),
        ({"mounts": ["type=bind,source=/a:/b,target=/x"]}, "'mounts'"),
        ({"mounts": ["type=bind,source=${unknown},target=/x"]}, "'mounts'"),
        ({"mounts": ["x"] * 501}, "at most 500"),
        ({"containerEnv": {"A B": "1"}}, "'containerEnv.A B'"),
        ({"containerEnv": {"A": 1}}, "'containerEnv.A'"),
        ({"containerEnv": {"A": "x" * 40000}}, "at most 32768"),
        ({"remoteUser": "../x"}, "'remoteUser'"),
        ({"hostRequirements": {"gpu": 3}}, "'hostRequirements.gpu'"),
        ({"postCreateCommand": 3}, "'postCreateCommand'"),
        ({"postCreateCommand": [["x"]]}, "'postCreateCommand'"),
    ],
)
def test_a_wrong_value_is_refused_with_its_key(table: Any, words: str | None) -> None:
    if words is None:
        assert read(table).build is None
        return
    with pytest.raises(SettingError, match=words):
        settings_of(replace(read(table), accepted=True))


def test_a_text_without_end_is_refused() -> None:
    for text in ("{", "[" * 100_000, "9" * 10_000, '{"a": NaN'):
        with pytest.raises(SettingError, match=r"is not valid JSON|is not a JSON object"):
            parse(text, _PATH, _WORKSPACE, {})


def test_a_value_of_the_caller_is_not_filled_again() -> None:
    found = read({"containerEnv": {"A": "x${localEnv:EVIL}"}}, {"EVIL": "${localEnv:TOKEN}", "TOKEN": "secret"})
    assert found.environment == {"A": "x${localEnv:TOKEN}"}
    assert read({"containerEnv": {"A": "${HOME} ${a:b:c} $x ${"}}).environment == {"A": "${HOME} ${a:b:c} $x ${"}
