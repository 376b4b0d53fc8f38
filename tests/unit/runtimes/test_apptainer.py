"""Apptainer: the exact arguments, with every value outside the argument list."""

from collections.abc import Callable

import pytest

from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import UsageError
from sygaldry.model.machine import Machine
from sygaldry.model.workspace import Identity, Mount, Workspace
from sygaldry.runtimes.apptainer import RUNTIME

Make = Callable[..., Workspace]
PROGRAM = "/sw/modules/bin/apptainer"
MACHINE = Machine(1000, 100, programs={"apptainer": PROGRAM})


def test_the_command_of_an_ordinary_user(workspace: Make) -> None:
    home = Mount("/s/home", "/home/kvothe", writable=True)
    made = RUNTIME.launch(workspace(mounts=(*workspace().mounts, home), rootfs="/c/1.sif", scratch="/tmp/s"), MACHINE)
    assert made == Command(
        (
            PROGRAM, "--quiet", "exec", "--cleanenv", "--containall", "--no-eval", "--no-privs",
            "--hostname", "sygaldry", "--home", "/s/home:/home/kvothe", "--pwd", "/workspace",
            "--mount", "type=bind,source=/s/a b,destination=/workspace",
            "--mount", 'type=bind,"source=/s/x,y",destination=/config,ro',
            "--workdir", "/tmp/s",
            "/c/1.sif", "/bin/bash", "/w/default.sh", "a b",
        ),
        {},
        ("HF_TOKEN",),
        prefix="APPTAINERENV_",
        inherited=(
            "PATH", "HOME", "USER", "TMPDIR", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "APPTAINER_CONFIGDIR",
            "APPTAINER_TMPDIR", "APPTAINER_CACHEDIR",
        ),
        descriptors=(9,),
    )  # fmt: skip


def test_root_keeps_the_capabilities_that_it_keeps_in_docker(workspace: Make) -> None:
    argv = RUNTIME.launch(workspace(identity=Identity(0, 0)), MACHINE).argv
    assert argv[argv.index("--add-caps") + 1] == "CAP_CHOWN,CAP_DAC_OVERRIDE,CAP_FOWNER"


def test_a_home_that_apptainer_cannot_name_is_refused(workspace: Make) -> None:
    with pytest.raises(UsageError, match="colon or a comma"):
        RUNTIME.launch(workspace(mounts=(Mount("/s/a:b", "/home/kvothe", writable=True),)), MACHINE)


def test_a_root_without_network_and_with_gpus(workspace: Make) -> None:
    argv = RUNTIME.launch(workspace(rootfs="/r.sif", network="none", gpus=("--nv",), mounts=()), MACHINE).argv
    assert argv[-8:] == ("--net", "--network", "none", "--nv", "/r.sif", "/bin/bash", "/w/default.sh", "a b")


def test_a_path_with_a_line_break_is_quoted(workspace: Make) -> None:
    argv = RUNTIME.launch(workspace(mounts=(Mount('/a\n"b', "/w", writable=True),)), MACHINE).argv
    assert 'type=bind,"source=/a\n""b",destination=/w' in argv


def test_its_answers() -> None:
    (question,) = RUNTIME.ask(MACHINE)
    assert question == Command((PROGRAM, "version"), timeout_s=30)
    assert RUNTIME.judge(MACHINE, (Completed(question, 0, "1.4.5\n"),)).version == "1.4.5"
    assert "oops" in RUNTIME.judge(MACHINE, (Completed(question, 255, err="oops"),)).reason
    assert "apptainer.org" in RUNTIME.judge(Machine(1, 1), ()).remedy
    without = Machine(1000, 100, programs=MACHINE.programs, kernel={"max_user_namespaces": "0"})
    assert "user namespaces" in RUNTIME.judge(without, (Completed(question, 0, "1.4.5\n"),)).reason
    closed = Machine(1000, 100, programs=MACHINE.programs, kernel={"fuse": "closed"})
    ((problem, remedy),) = RUNTIME.judge(closed, (Completed(question, 0, "1.4.5\n"),)).problems
    assert "/dev/fuse" in problem
    assert "SYGALDRY_ROOTFS" in remedy
    assert RUNTIME.remove("n") == ()


def test_a_limit_of_memory(workspace: Make) -> None:
    argv = RUNTIME.launch(workspace(memory="4g"), MACHINE).argv
    assert argv[argv.index("--memory") + 1] == "4g"
