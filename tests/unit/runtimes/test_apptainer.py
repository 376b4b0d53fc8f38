"""Apptainer: the exact words, with every value outside the argument list."""

from collections.abc import Callable

from sygaldry.model.command import Command, Completed
from sygaldry.model.machine import Machine
from sygaldry.model.workspace import Mount, Workspace
from sygaldry.runtimes.apptainer import RUNTIME

Make = Callable[..., Workspace]
MACHINE = Machine(1000, 100, programs={"apptainer": "/usr/bin/apptainer"})


def test_an_ordinary_users_command(workspace: Make) -> None:
    assert RUNTIME.launch(workspace(), MACHINE) == Command(
        (
            "apptainer", "--silent", "exec", "--cleanenv", "--containall", "--no-home", "--no-privs",
            "--hostname", "sygaldry", "--pwd", "/workspace",
            "--mount", "type=bind,source=/s/a b,destination=/workspace",
            "--mount", 'type=bind,"source=/s/x,y",destination=/config,ro',
            "docker://n:1", "/bin/bash", "/w/default.sh", "a b",
        ),
        {"APPTAINERENV_HOME": "/home/kvothe"},
        ("HF_TOKEN",),
        prefix="APPTAINERENV_",
    )  # fmt: skip


def test_an_unpacked_root_a_refused_network_and_gpus(workspace: Make) -> None:
    argv = RUNTIME.launch(workspace(rootfs="/r.sif", network="none", gpus=("--nv",), mounts=()), MACHINE).argv
    assert argv[-8:] == ("--net", "--network", "none", "--nv", "/r.sif", "/bin/bash", "/w/default.sh", "a b")


def test_a_path_with_a_line_break_is_quoted(workspace: Make) -> None:
    argv = RUNTIME.launch(workspace(mounts=(Mount('/a\n"b', "/w", writable=True),)), MACHINE).argv
    assert 'type=bind,"source=/a\n""b",destination=/w' in argv


def test_its_answers() -> None:
    (question,) = RUNTIME.ask(MACHINE)
    assert isinstance(question, Command)
    assert RUNTIME.judge(MACHINE, (Completed(question, 0, "1.4.5\n"),)).version == "1.4.5"
    assert "oops" in RUNTIME.judge(MACHINE, (Completed(question, 255, err="oops"),)).reason
    assert "apptainer.org" in RUNTIME.judge(Machine(1, 1), ()).remedy
    assert RUNTIME.remove("n") == ()


def test_a_limit_of_memory(workspace: Make) -> None:
    argv = RUNTIME.launch(workspace(memory="4g"), MACHINE).argv
    assert argv[argv.index("--memory") + 1] == "4g"
