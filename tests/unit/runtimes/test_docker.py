"""Docker: the exact words for its client, and what its answers mean."""

from collections.abc import Callable

import pytest

from sygaldry.model.command import Command, Completed, HttpAnswer, HttpGet
from sygaldry.model.errors import UsageError
from sygaldry.model.machine import Machine
from sygaldry.model.workspace import Identity, Mount, Workspace
from sygaldry.runtimes.docker import RUNTIME

Make = Callable[..., Workspace]
MACHINE = Machine(1000, 100, programs={"docker": "/usr/bin/docker"}, docker_socket="/var/run/docker.sock")


def after(argv: tuple[str, ...], option: str) -> list[str]:
    return [argv[index + 1] for index, word in enumerate(argv) if word == option]


def test_an_ordinary_users_command(workspace: Make) -> None:
    assert RUNTIME.launch(workspace(), MACHINE) == Command((
        "docker", "run", "--rm", "--init", "--pull=never", "--name", "sygaldry-demo-1", "--hostname", "sygaldry",
        "--label=dev.sygaldry.project=demo", "--interactive", "--log-driver", "none",
        "--user=1000:100", "--group-add=27",
        "--cap-drop=ALL", "--security-opt", "no-new-privileges", "--network", "bridge", "--shm-size", "64m",
        "--mount", "type=bind,source=/s/a b,target=/workspace",
        "--mount", 'type=bind,"source=/s/x,y",target=/config,readonly',
        "--env=HOME=/home/kvothe", "--env=HF_TOKEN", "--workdir", "/workspace",
        "--entrypoint", "/bin/bash", "n:1", "/w/default.sh", "a b",
    ))  # fmt: skip


def test_root_keeps_what_writing_for_others_takes_and_a_terminal_is_passed_on(workspace: Make) -> None:
    argv = RUNTIME.launch(workspace(identity=Identity(0, 0), terminal=True), MACHINE).argv
    assert [word for word in argv if word.startswith("--cap-add")] == [
        "--cap-add=CHOWN", "--cap-add=DAC_OVERRIDE", "--cap-add=FOWNER",
    ]  # fmt: skip
    assert "--user=0:0" in argv
    assert "--tty" in argv


def test_the_root_of_a_rootless_engine_has_no_groups(workspace: Make) -> None:
    argv = RUNTIME.launch(workspace(identity=Identity(0, 0)), MACHINE).argv
    assert "--user=0:0" in argv
    assert not any(word.startswith("--group-add") for word in argv)


_INFO = '{"Labels":["name=rootless"],"SecurityOptions":["name=seccomp,profile=default"%s],"Runtimes":{}}'


@pytest.mark.parametrize(
    ("answers", "rootless"),
    [
        ((HttpAnswer(200, _INFO % ',"name=rootless"'),), True),
        ((HttpAnswer(200, _INFO % ""),), False),
        ((HttpAnswer(200, "OK"),), False),
        ((HttpAnswer(500, _INFO % ',"name=rootless"'),), False),
        ((Completed(Command(("docker",)), 0, "28\n"), Completed(Command(("d",)), 0, '["name=rootless"]\n')), True),
    ],
)
def test_the_engine_itself_answers_whether_it_is_rootless(
    answers: tuple[HttpAnswer | Completed, ...], rootless: bool
) -> None:
    assert RUNTIME.judge(MACHINE, answers).rootless is rootless


def test_only_an_ordinary_user_asks_and_not_an_engine_whose_socket_is_roots() -> None:
    def question(uid: int, owner: int) -> object:
        (asked,) = RUNTIME.ask(Machine(uid, 1, programs={"docker": "d"}, docker_socket="/s", docker_owner=owner))
        return asked

    assert question(1000, 1000) == question(1000, 7) == HttpGet("/s", "/info", timeout_s=10)
    assert question(1000, 0) == question(0, 1000) == HttpGet("/s", "/_ping", timeout_s=10)


def test_a_detached_job_has_gpus_and_devices_and_no_streams(workspace: Make) -> None:
    argv = RUNTIME.launch(workspace(detached=True, gpus=("--gpus=all",), devices=("/dev/kfd",)), MACHINE).argv
    assert "--detach" in argv
    assert "--interactive" not in argv
    assert argv[argv.index("--gpus=all") + 1] == "--device=/dev/kfd"


def test_a_path_that_no_engine_takes_is_told_before_it_is_asked(workspace: Make) -> None:
    with pytest.raises(UsageError, match="line break"):
        RUNTIME.launch(workspace(mounts=(Mount("/a\nb", "/workspace"),)), MACHINE)


@pytest.mark.parametrize(
    ("answer", "works", "said", "remedy"),
    [
        (HttpAnswer(200, "OK", server="Docker/20.10.24+dfsg1 (linux)"), True, "", ""),
        (HttpAnswer(-1, error="Permission denied"), False, "permission denied", "usermod -aG docker"),
        (HttpAnswer(0, error="Connection refused"), False, "Connection refused", "start it"),
        (Completed(Command(("docker",)), 0, "28.2.2\n"), True, "", ""),
        (Completed(Command(("docker",)), 1, err="Got permission denied"), False, "permission denied", "usermod"),
        (Completed(Command(("docker",)), 1, err="Cannot connect"), False, "Cannot connect", "start it"),
    ],
)
def test_no_daemon_and_no_permission_are_told_apart(
    answer: HttpAnswer | Completed, works: bool, said: str, remedy: str
) -> None:
    found = RUNTIME.judge(MACHINE, (answer,))
    assert found.works is works
    assert said in found.reason
    assert remedy in found.remedy


def test_it_is_asked_over_its_socket_or_through_its_client_or_not_at_all() -> None:
    assert RUNTIME.ask(MACHINE) == (HttpGet("/var/run/docker.sock", "/_ping", timeout_s=10),)
    version, mode = RUNTIME.ask(Machine(1, 1, programs={"docker": "d"}))
    assert isinstance(version, Command)
    assert isinstance(mode, Command)
    assert RUNTIME.ask(Machine(1, 1)) == ()
    assert "apt-get install docker.io" in RUNTIME.judge(Machine(1, 1), ()).remedy


def test_the_version_is_in_the_sign_of_life() -> None:
    answer = HttpAnswer(200, "OK", server="Docker/20.10.24+dfsg1 (linux)")
    assert RUNTIME.judge(MACHINE, (answer,)).version == "20.10.24+dfsg1"


def test_what_its_client_left_behind_is_removed_by_name() -> None:
    assert RUNTIME.remove("n") == ("docker", "rm", "--force", "n")


def test_a_limit_of_memory_allows_no_swap_on_top(workspace: Make) -> None:
    argv = RUNTIME.launch(workspace(memory="4g"), MACHINE).argv
    assert (after(argv, "--memory"), after(argv, "--memory-swap")) == (["4g"], ["4g"])


def test_ports_limits_variables_and_the_way_out(workspace: Make) -> None:
    argv = RUNTIME.launch(
        workspace(
            ports=("127.0.0.1:8888:8888",),
            cpus="1.5",
            variables={"HOME": "/x", "A": "1,2"},
            env_files=("/s/env",),
            log_driver="json-file",
            options=("--ulimit=core=0",),
        ),
        MACHINE,
    ).argv
    assert after(argv, "--cpus") == ["1.5"]
    assert after(argv, "--log-driver") == ["json-file"]
    assert "--publish=127.0.0.1:8888:8888" in argv
    assert argv.index("--env-file=/s/env") < argv.index("--env=HOME=/x") < argv.index("--env=A=1,2")
    assert argv[argv.index("n:1") - 1] == "--ulimit=core=0", "last, so that it wins"
