"""Every file of a room keeps the room's promise the moment it exists."""

import re

import pytest

from sygaldry import checks, discovery, runtimes
from sygaldry.checks import Check
from sygaldry.config.consent import REACHES
from sygaldry.config.declare import Declaration
from sygaldry.config.settings import all_settings
from sygaldry.model.machine import Machine
from sygaldry.model.workspace import Identity, Mount, Workspace

WORKSPACE = Workspace(
    name="sygaldry-demo-1",
    project="demo",
    image="sygaldry/zephyr:base",
    argv=("/bin/bash", "/opt/sygaldry/container/entrypoints/default.sh", "echo", "a b"),
    identity=Identity(1000, 100, (100, 2000)),
    mounts=(Mount("/home/me/demo", "/workspace", writable=True), Mount("/srv/sygaldry", "/opt/sygaldry")),
    environment={"HOME": "/home/kvothe"},
    passed=("HF_TOKEN",),
)
MACHINE = Machine(1000, 100, programs={"docker": "/usr/bin/docker", "bwrap": "/usr/bin/bwrap"})


@pytest.mark.parametrize("name", runtimes.names())
def test_every_runtime_says_the_whole_workspace(name: str) -> None:
    command = runtimes.get(name).launch(WORKSPACE, MACHINE)
    said = " ".join(command.argv)
    assert command.argv[-2:] == ("echo", "a b")
    for mount in WORKSPACE.mounts:
        assert mount.source in said
        assert mount.target in said
    everywhere = said + repr(command.environment) + repr(command.passed)
    assert "/home/kvothe" in everywhere
    assert "HF_TOKEN" in everywhere
    assert "--privileged" not in said


@pytest.mark.parametrize("name", runtimes.names())
def test_every_absent_runtime_says_why_and_how_to_get_it(name: str) -> None:
    runtime = runtimes.get(name)
    bare = Machine(1000, 100)
    assert runtime.ask(bare) == ()
    availability = runtime.judge(bare, ())
    assert not availability.works
    assert availability.reason
    assert availability.remedy


@pytest.mark.parametrize("name", discovery.names(checks))
def test_every_check_has_a_title_and_asks_something(name: str) -> None:
    check = discovery.get(checks, name, "CHECK")
    assert isinstance(check, Check)
    assert check.title
    assert check.asks


@pytest.mark.parametrize("setting", all_settings(), ids=lambda each: each.name)
def test_every_setting_is_whole(setting: Declaration) -> None:
    assert re.fullmatch(r"[a-z][a-z_]+", setting.name)
    assert re.fullmatch(r"[A-Z][A-Z_]+", setting.variable)
    assert setting.help
    assert setting.choices or setting.kind or setting.is_switch
    assert setting.reach in REACHES
