"""The promises of a launch, kept by a real Docker engine."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.faults.test_launch_sandbox import processes_with
from tests.integration.conftest import LAUNCHER, World
from tests.integration.docker.conftest import NOBODY, Engine, as_nobody, docker

pytestmark = pytest.mark.docker


def test_stdout_is_the_commands_and_a_second_launch_builds_nothing(docker_world: World, engine: Engine) -> None:
    done = docker_world.run("--", "sh", "-c", "echo ok")
    assert (done.stdout, done.returncode) == ("ok\n", 0)
    before = engine.identity(docker_world.variables["SYGALDRY_IMAGE"])
    again = docker_world.run("--", "sh", "-c", "echo ok")
    assert (again.stdout, again.returncode) == ("ok\n", 0)
    assert "image:" not in again.stderr
    assert engine.identity(docker_world.variables["SYGALDRY_IMAGE"]) == before


def test_the_exit_code_is_the_commands(docker_world: World) -> None:
    assert docker_world.run("--", "sh", "-c", "exit 37").returncode == 37
    assert docker_world.run("--", "sh", "-c", "kill -9 $$").returncode == 137
    assert docker_world.run("--", "no-such-program").returncode == 127
    assert docker_world.run("--", "/etc/passwd").returncode == 126


def test_arguments_and_stdin_arrive_byte_for_byte(docker_world: World) -> None:
    words = ["x y", "", "$HOME", "*", "-e", "--", "--runtime", "a\nb", "ü", "'\"\\"]
    assert docker_world.run("--", "printf", "%s|", *words).stdout == "|".join(words) + "|"
    assert docker_world.run("--", "cat", stdin="a b\n").stdout == "a b\n"


def test_a_closed_stdin_is_no_obstacle(docker_world: World) -> None:
    done = subprocess.run(
        ["sh", "-c", f"'{LAUNCHER}' -q -- sh -c 'echo fine' <&-"],
        capture_output=True,
        text=True,
        env=docker_world.environment(),
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("fine\n", "", 0)


def test_the_caller_is_kvothe_and_what_he_writes_is_kept_and_his(docker_world: World, tmp_path: Path) -> None:
    workspace = tmp_path / "with space, and comma"
    workspace.mkdir()
    script = (
        "id -un; id -u; echo $HOME; pwd; touch made /opt/spack_store/m /opt/bazel_cache/m /config/m ~/m && echo kept"
    )
    done = docker_world.run("-q", "--workspace", str(workspace), "--", "sh", "-c", script)
    assert done.stdout == f"kvothe\n{os.getuid()}\n/home/kvothe\n/workspace\nkept\n", done.stderr
    assert (workspace / "made").stat().st_uid == os.getuid()
    project = next(path for path in docker_world.root.iterdir() if (path / ".sygaldry").is_dir())
    kept = sorted(str(path.relative_to(project)) for path in project.glob("*/m"))
    assert kept == ["bazel_cache/m", "config/m", "monorepo_home/m", "spack_store/m"]
    again = docker_world.run("-q", "--workspace", str(workspace), "--", "ls", "/config/m")
    assert again.stdout == "/config/m\n"


def test_an_ordinary_user_owns_what_he_writes(docker_world: World, nobodys_home: Path) -> None:
    workspace = nobodys_home / "work"
    workspace.mkdir()
    os.chown(workspace, NOBODY, NOBODY)
    group = Path("/var/run/docker.sock").stat().st_gid
    script = "id -un; id -u; touch made ~/m; echo kept"
    words = ("-q", "--workspace", str(workspace), "--", "sh", "-c", script)
    done = as_nobody(docker_world, nobodys_home, group, *words)
    assert done.stdout == f"kvothe\n{NOBODY}\nkept\n", done.stderr
    assert (workspace / "made").stat().st_uid == NOBODY


def test_no_privileges_are_left(docker_world: World) -> None:
    done = docker_world.run("-q", "--", "grep", "-E", "^(CapEff|NoNewPrivs)", "/proc/self/status")
    effective, no_new = (line.split(":\t")[1] for line in done.stdout.splitlines())
    assert int(effective, 16) == (0b1011 if os.getuid() == 0 else 0), "CHOWN, DAC_OVERRIDE and FOWNER, for root alone"
    assert no_new == "1"


def test_a_secret_reaches_the_command_and_no_argument_list(docker_world: World) -> None:
    named = ("-q", "--pass-environment", "HF_TOKEN")
    secret = "hf_secret with 'quotes' and\na line break"  # noqa: S105 - made up
    assert docker_world.run(*named, "--", "printenv", "HF_TOKEN", HF_TOKEN=secret).stdout == f"{secret}\n"
    assert "hf_secret" not in docker_world.run(*named, "--dry-run", "--", "true", HF_TOKEN=secret).stdout
    assert docker_world.run("-q", "--", "printenv", "HF_TOKEN", HF_TOKEN=secret).stdout == "", "it was not asked for"


def test_a_secret_shows_in_no_answer_of_the_engine_and_in_no_file(docker_world: World) -> None:
    environment = docker_world.environment(HF_TOKEN="hf_secret")
    words = ("--pass-environment", "HF_TOKEN", "--name", "trust-secret", "--", "sh", "-c", "echo up; sleep 60")
    argv = [str(LAUNCHER), "-q", *words]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, env=environment) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"up\n"
        shown = subprocess.run(["docker", "inspect", "trust-secret"], capture_output=True, text=True, check=True).stdout
        child.terminate()
    assert "hf_secret" not in shown
    kept = [path for path in docker_world.root.rglob("*") if path.is_file() and path.stat().st_size < 10**6]
    assert not [path for path in kept if b"hf_secret" in path.read_bytes()]


def test_the_login_of_a_proxy_or_of_an_index_shows_nowhere(docker_world: World) -> None:
    """Ordinary variables show in `docker inspect`; an address that holds a login must not."""
    values = {
        "https_proxy": "http://me:hidden-login@127.0.0.1:9",
        "PIP_INDEX_URL": "https://127.0.0.1/simple?token=hidden-login",
        "no_proxy": "shown.example",
    }
    script = 'tr "\\0" " " </proc/1/cmdline; echo "$https_proxy $PIP_INDEX_URL $no_proxy"; sleep 60'
    argv = [str(LAUNCHER), "-q", "--name", "rest11-login", "--", "sh", "-c", script]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, env=docker_world.environment(**values)) as child:
        assert child.stdout is not None
        line = child.stdout.readline().decode()
        shown = subprocess.run(["docker", "inspect", "rest11-login"], capture_output=True, text=True, check=True).stdout
        showing = processes_with("hidden-login")
        child.terminate()
    assert line.endswith(" ".join(values.values()) + "\n")
    assert line.count("hidden-login") == 2, "not in the arguments of the container's first process"
    assert "hidden-login" not in shown
    assert "shown.example" in shown
    assert not showing


def test_a_dry_run_with_a_secret_can_be_pasted(docker_world: World) -> None:
    docker_world.run("-q", "--", "true")
    words = ("--pass-environment", "HF_TOKEN", "--dry-run", "--", "printenv", "HF_TOKEN")
    line = docker_world.run(*words, HF_TOKEN="hf_secret").stdout
    environment = docker_world.environment(HF_TOKEN="hf_secret")
    pasted = subprocess.run(["sh", "-c", line], capture_output=True, text=True, env=environment, check=False)
    assert pasted.stdout == "hf_secret\n", pasted.stderr


def test_a_dry_run_is_one_line_that_can_be_pasted(docker_world: World) -> None:
    dry = docker_world.run("--dry-run", "--", "printf", "%s|", "x y", "$HOME")
    assert dry.stdout.count("\n") == 1
    assert not docker_world.root.exists(), "a dry run changes nothing"
    pasted = subprocess.run(
        ["sh", "-c", dry.stdout], capture_output=True, text=True, env=docker_world.environment(), check=False
    )
    assert (pasted.stdout, pasted.returncode) == ("x y|$HOME|", 0), pasted.stderr


def test_a_network_can_be_refused(docker_world: World) -> None:
    done = docker_world.run("-q", "--network", "none", "--", "sh", "-c", "tail -n +3 /proc/net/dev | grep -vc lo:")
    assert done.stdout == "0\n"


def test_a_dead_daemon_says_how_to_start_it(docker_world: World, tmp_path: Path) -> None:
    dead = docker_world.run("--", "true", DOCKER_HOST=f"unix://{tmp_path}/no.sock")
    assert dead.returncode == 125
    assert "daemon does not answer" in dead.stderr
    assert "hint: start it" in dead.stderr


def test_a_locked_door_says_how_to_be_let_in(docker_world: World, nobodys_home: Path) -> None:
    locked = as_nobody(docker_world, nobodys_home, NOBODY, "--", "true")
    assert locked.returncode == 125
    assert "permission denied" in locked.stderr
    assert "usermod -aG docker" in locked.stderr


def test_what_runs_carries_our_labels(docker_world: World) -> None:
    data = json.loads(docker_world.run("--dry-run", "--json", "--", "true").stdout)["data"]
    assert "--label=dev.sygaldry.kind=launch" in data["argv"]
    assert docker(
        "image", "inspect", "--format", '{{index .Config.Labels "dev.sygaldry.kind"}}', data["image"]
    ).stdout in (
        "image\n",
        "",
    )
