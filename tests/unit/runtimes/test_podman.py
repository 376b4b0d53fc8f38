"""Podman: what it says differently from Docker."""

from collections.abc import Callable

import pytest

from sygaldry.model.command import Command, Completed
from sygaldry.model.machine import Machine
from sygaldry.model.workspace import Identity, Workspace
from sygaldry.runtimes.podman import RUNTIME

Make = Callable[..., Workspace]
MACHINE = Machine(1000, 100, programs={"podman": "/usr/bin/podman"})


def test_an_ordinary_users_command(workspace: Make) -> None:
    assert RUNTIME.launch(workspace(), MACHINE) == Command((
        "podman", "run", "--rm", "--init", "--pull=never", "--name", "sygaldry-demo-1", "--hostname", "sygaldry",
        "--label=dev.sygaldry.project=demo", "--interactive", "--log-driver", "none",
        "--userns=keep-id", "--user=1000:100", "--group-add=keep-groups",
        "--cap-drop=ALL", "--security-opt", "no-new-privileges", "--network", "bridge", "--shm-size", "64m",
        "--mount", "type=bind,source=/s/a b,target=/workspace",
        "--mount", 'type=bind,"source=/s/x,y",target=/config,readonly',
        "--env=HOME=/home/kvothe", "--env=HF_TOKEN", "--workdir", "/workspace",
        "--entrypoint", "/bin/bash", "n:1", "/w/default.sh", "a b",
    ))  # fmt: skip


def test_root_needs_no_map_of_ids(workspace: Make) -> None:
    argv = RUNTIME.launch(workspace(identity=Identity(0, 0)), MACHINE).argv
    assert "--user=0:0" in argv
    assert "--userns=keep-id" not in argv


def test_under_selinux_what_is_mounted_stays_visible(workspace: Make) -> None:
    hardened = Machine(1000, 100, programs={"podman": "p"}, selinux=True)
    assert RUNTIME.launch(workspace(), hardened).argv[2:4] == ("--security-opt", "label=disable")


@pytest.mark.parametrize(
    ("answer", "works", "reason", "remedy"),
    [
        ("4.3.1|false|overlay|0|/usr/bin/slirp4netns", True, "", ""),
        ("4.3.1|true|overlay|2|/usr/bin/slirp4netns", True, "", ""),
        ("4.3.1|true|overlay|2|", True, "slirp4netns is not installed", "apt-get install slirp4netns"),
        ("5.4.2|true|overlay|2|", True, "pasta is not installed", "apt-get install passt"),
        ("4.3.1|true|vfs|2|/usr/bin/slirp4netns", True, "its storage driver is vfs", 'driver = "overlay"'),
        ("4.3.1|true|overlay|1|/usr/bin/slirp4netns", False, "no subordinate ids", "usermod --add-subuids"),
        ("4.3.1", True, "", ""),
    ],
)
def test_what_a_rootless_podman_lacks_is_named(answer: str, works: bool, reason: str, remedy: str) -> None:
    found = RUNTIME.judge(MACHINE, (Completed(Command(("podman",)), 0, f"{answer}\n"),))
    ((problem, fix),) = found.problems or ((found.reason, found.remedy),)
    assert found.works is works
    assert found.version == answer.partition("|")[0]
    assert reason in problem
    assert remedy in fix


def test_a_network_device_that_this_user_cannot_open_is_named() -> None:
    closed = Machine(1000, 100, programs=MACHINE.programs, kernel={"tun": "closed"})
    answer = Completed(Command(("podman",)), 0, "4.3.1|true|overlay|2|/usr/bin/slirp4netns\n")
    ((problem, remedy),) = RUNTIME.judge(closed, (answer,)).problems
    assert "/dev/net/tun" in problem
    assert "--network host" in remedy


def test_a_missing_newuidmap_is_named() -> None:
    err = 'Error: command required for rootless mode with multiple IDs: exec: "newuidmap": executable file not found'
    found = RUNTIME.judge(MACHINE, (Completed(Command(("podman",)), 125, err=err),))
    assert (found.works, found.remedy) == (False, "sudo apt-get install uidmap")


def test_its_answers() -> None:
    (question,) = RUNTIME.ask(MACHINE)
    assert isinstance(question, Command)
    assert RUNTIME.judge(MACHINE, (Completed(question, 0, "4.3.1\n"),)).version == "4.3.1"
    broken = RUNTIME.judge(MACHINE, (Completed(question, 125, err="Error: no subuid ranges"),))
    assert (broken.works, "no subuid ranges" in broken.reason, broken.remedy) == (
        False,
        True,
        "show its message: podman info",
    )
    assert "apt-get install podman" in RUNTIME.judge(Machine(1, 1), ()).remedy


def test_a_root_that_may_raise_no_limit_asks_for_those_he_has(workspace: Make) -> None:
    root = workspace(identity=Identity(0, 0))
    poor = Machine(0, 0, kernel={"sys_resource": "0"}, open_files=20000, processes=96365)
    rich = Machine(0, 0, kernel={"sys_resource": "1"}, open_files=20000, processes=96365)
    assert RUNTIME.launch(root, poor).argv[2:4] == ("--ulimit=nofile=20000:20000", "--ulimit=nproc=32768:32768")
    assert not [word for word in RUNTIME.launch(root, rich).argv if word.startswith("--ulimit")]
