"""What runArgs and the keys beside it ask of a launch, and how words that are no options are refused."""

import json

import pytest

from sygaldry.config.devcontainer import parse, settings_of
from sygaldry.model.devcontainer import Devcontainer
from sygaldry.model.errors import SettingError
from sygaldry.model.value import replace

_PATH = "/home/me/app/.devcontainer/devcontainer.json"


def read(table: object) -> Devcontainer:
    found = parse(json.dumps(table), _PATH, "/home/me/app", {"TOKEN": "secret"})
    assert found is not None
    return found


def test_options_that_are_settings_hold_for_every_runtime() -> None:
    words = ["--memory=2GB", "--cpus", "1.5", "--shm-size", "1gb", "--pids-limit=100", "--gpus", "all"]
    found = read({"runArgs": [*words, "--network=host"]})
    settings = {"memory": "2g", "cpus": "1.5", "shm_size": "1g", "pids_limit": "100", "gpu": "true"}
    assert settings_of(found).values == settings
    assert found.wants == ("network = host",)
    assert settings_of(replace(found, accepted=True)).values == settings | {"network": "host"}
    assert (found.options, found.ignored) == ((), ())
    assert read({"runArgs": ["--gpus", '"device=0,1"']}).settings == {"gpu": "0,1"}


def test_options_of_the_engine_need_consent() -> None:
    found = read(
        {
            "runArgs": [
                "--cap-add",
                "SYS_PTRACE",
                "--device=/dev/fuse",
                "-h",
                "dev",
                "--ulimit=nofile=9",
                "--read-only",
            ],
            "privileged": True,
            "init": True,
            "capAdd": ["NET_ADMIN"],
            "securityOpt": ["seccomp=unconfined"],
            "mounts": ["type=tmpfs,target=/scratch"],
        }
    )
    assert found.options == (
        "--tmpfs=/scratch", "--privileged", "--cap-add=NET_ADMIN", "--security-opt=seccomp=unconfined",
        "--cap-add=SYS_PTRACE", "--device=/dev/fuse", "--hostname=dev", "--ulimit=nofile=9", "--read-only",
    )  # fmt: skip
    assert found.wants == tuple(f"runArgs = {each}" for each in found.options)


def test_mounts_variables_and_ports_of_options_are_those_of_their_keys() -> None:
    words = ["-v", "/srv:/srv:ro", "--volume=cache:/cache", "-v/:/host", "--mount", "type=bind,source=/a,target=/b"]
    found = read({"runArgs": [*words, "-e", "A=1", "-eB=2", "--env=TOKEN", "-p8080:80", "-p", "0.0.0.0:53:53/udp"]})
    assert found.mounts == ("/srv:/srv:ro", "/:/host", "/a:/b")
    assert found.volumes == ("cache:/cache",)
    assert (found.environment, found.passed) == ({"A": "1", "B": "2"}, ("TOKEN",))
    assert found.ports == ("127.0.0.1:8080:80", "0.0.0.0:53:53/udp")
    assert {"mount = /:/host", "variable of the caller = TOKEN", "publish = 0.0.0.0:53:53/udp"} <= set(found.wants)
    assert read({"appPort": [3000, "8080:80"]}).ports == ("127.0.0.1:3000:3000", "127.0.0.1:8080:80")


def test_volumes_are_named_folders() -> None:
    mounts = ["source=app-${devcontainerId},target=/deps,type=volume,readonly", "target=/anonymous"]
    found = read({"mounts": mounts})
    first, second = found.volumes
    assert first.startswith("app-")
    assert first.endswith(":/deps:ro")
    assert second == f"at-{second[3:19]}:/anonymous"
    assert found.wants == (), "a volume is inside of the project's storage"


def test_the_commands_run_in_the_order_of_the_specification() -> None:
    found = read({"postCreateCommand": "c", "updateContentCommand": ["b"], "onCreateCommand": {"x": "a"}})
    assert [each.key for each in found.commands] == ["onCreateCommand", "updateContentCommand", "postCreateCommand"]
    assert found.wants == ("onCreateCommand = a", "updateContentCommand = b", "postCreateCommand = c")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"runArgs": "--privileged"}, "'runArgs'"),
        ({"runArgs": ["alpine", "sh"]}, "'alpine'"),
        ({"runArgs": ["--"]}, "'--'"),
        ({"runArgs": ["-"]}, "'-'"),
        ({"runArgs": ["--label"]}, "--label has none"),
        ({"runArgs": ["--init", "evil"]}, "'evil'"),
        ({"runArgs": ["--x\u202e=1"]}, "options of"),
        ({"runArgs": ["--label=a\nb"]}, "line breaks"),
        ({"runArgs": ["--label=a\0b"]}, "string"),
        ({"runArgs": ["-dx"]}, "'-dx'"),
        ({"runArgs": ["-v", "../x:/y"]}, "'mounts'"),
        ({"runArgs": ["-v", "x/y:/y"]}, "'x/y'"),
        ({"runArgs": ["-v", "..:/y"]}, "'mounts'"),
        ({"mounts": ["source=../../x,target=/y"]}, "names of letters"),
        ({"mounts": ["source=x,target=/y:/z"]}, "'mounts'"),
        ({"mounts": ["source=x,target=relative"]}, "'mounts'"),
        ({"mounts": ["type=tmpfs,target=/x,/y"]}, None),
        ({"privileged": "yes"}, "'privileged'"),
        ({"capAdd": "ALL"}, "'capAdd'"),
        ({"appPort": "x"}, "'appPort'"),
        ({"appPort": True}, "'appPort'"),
        ({"onCreateCommand": 1}, "'onCreateCommand'"),
    ],
)
def test_what_is_no_option_is_refused_by_name(table: object, words: str | None) -> None:
    if words is None:
        assert read(table).options == ("--tmpfs=/x",)
        return
    with pytest.raises(SettingError, match=words):
        read(table)
