"""The promises of a launch, kept by the real sandbox."""

import json
import os
import pwd
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.integration.conftest import CHECKOUT, LAUNCHER, World
from tests.rig.denied import skip_if_denied

pytestmark = pytest.mark.sandbox


def test_stdout_is_the_commands_and_nothing_else(sandbox: World) -> None:
    done = sandbox.run("--", "sh", "-c", "echo ok")
    assert (done.stdout, done.returncode) == ("ok\n", 0)
    told = done.stderr.splitlines()
    assert told[0] == "sygaldry: the sandbox has the host's toolchain, not the image's"
    assert told[1].startswith("sygaldry: GPU: ")
    network = [line for line in told[2:] if "shares the host's network" in line]
    assert len(told) == 2 + len(network)


def test_an_agent_is_told_nothing_it_did_not_ask_for(sandbox: World) -> None:
    assert sandbox.run("--", "true", CLAUDECODE="1").stderr == ""
    assert sandbox.run("--", "true", CLAUDECODE="1", SYGALDRY_QUIET="false").stderr != ""


def test_the_exit_code_is_the_commands(sandbox: World) -> None:
    assert sandbox.run("--", "sh", "-c", "exit 37").returncode == 37
    assert sandbox.run("--", "sh", "-c", "kill -9 $$").returncode == 137
    assert sandbox.run("--", "no-such-program").returncode == 127
    assert sandbox.run("--", "/etc/passwd").returncode == 126


def test_arguments_arrive_byte_for_byte(sandbox: World) -> None:
    words = ["x y", "", "$HOME", "*", "-e", "--", "--runtime", "a\nb", "ü", "'\"\\"]
    assert sandbox.run("--", "printf", "%s|", *words).stdout == "|".join(words) + "|"


def test_bytes_that_are_no_text_arrive_too(sandbox: World) -> None:
    argv = [os.fsencode(LAUNCHER), b"-q", b"--", b"printf", b"%s", b"\xff\xfe"]
    done = subprocess.run(argv, capture_output=True, env=sandbox.environment(), check=True)
    assert done.stdout == b"\xff\xfe"


def test_options_end_at_the_first_word(sandbox: World) -> None:
    assert sandbox.run("-q", "printf", "%s|", "-n", "--dry-run").stdout == "-n|--dry-run|"


def test_stdin_reaches_the_command(sandbox: World) -> None:
    assert sandbox.run("--", "cat", stdin=b"a b\n\0\xff").stdout == "a b\n\0�"


def test_a_closed_stdin_is_no_obstacle(sandbox: World) -> None:
    done = subprocess.run(
        ["sh", "-c", f"'{LAUNCHER}' -q -- sh -c 'echo fine' <&-"],
        capture_output=True,
        text=True,
        env=sandbox.environment(),
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("fine\n", "", 0)


def test_the_caller_is_kvothe_at_home_in_the_workspace(sandbox: World) -> None:
    script = "id -un; id -u; echo $HOME; pwd; touch /opt/spack_store/m /opt/bazel_cache/m /config/m ~/m && echo kept"
    done = sandbox.run("--", "sh", "-c", script)
    assert done.stdout == f"kvothe\n{os.getuid()}\n/home/kvothe\n/workspace\nkept\n"
    project = next(sandbox.root.iterdir())
    kept = sorted(str(path.relative_to(project)) for path in project.glob("*/m"))
    assert kept == ["bazel_cache/m", "config/m", "monorepo_home/m", "spack_store/m"]
    assert {path.stat().st_uid for path in project.glob("*/m")} == {os.getuid()}
    assert {oct(path.stat().st_mode & 0o777) for path in (project, *project.iterdir())} == {"0o700"}


def test_what_is_kept_is_there_at_the_next_launch(sandbox: World) -> None:
    assert sandbox.run("--", "sh", "-c", "echo 1 > ~/kept").returncode == 0
    assert sandbox.run("--", "cat", "/home/kvothe/kept").stdout == "1\n"


def test_everything_else_is_read_only_and_private(sandbox: World) -> None:
    script = "touch /usr/x /etc/x /x /opt/sygaldry/tools/x; ls -A /root /run 2>/dev/null | grep -v : ; ls -A " + str(
        sandbox.root
    )
    done = sandbox.run("-q", "--", "sh", "-c", script)
    assert done.stderr.count("Read-only file system") == 4
    assert done.stdout.strip() == ""


def test_no_privileges_are_left(sandbox: World) -> None:
    done = sandbox.run("-q", "--", "grep", "-E", "^(CapEff|NoNewPrivs)", "/proc/self/status")
    effective, no_new = (line.split(":\t")[1] for line in done.stdout.splitlines())
    # CHOWN, DAC_OVERRIDE and FOWNER, and only for root.
    assert int(effective, 16) == (0b1011 if os.getuid() == 0 else 0)
    assert no_new == "1"


def test_a_secret_reaches_the_command_and_no_argument_list(sandbox: World) -> None:
    script = 'printenv HF_TOKEN; tr "\\0" "\\n" < /proc/1/cmdline | grep -c "$HF_TOKEN"'
    named = ("-q", "--pass-environment", "HF_TOKEN", "--", "sh", "-c", script)
    assert sandbox.run(*named, HF_TOKEN="hf_secret").stdout == "hf_secret\n0\n"


def test_a_token_reaches_only_an_entrypoint_that_needs_it(sandbox: World) -> None:
    """A build or an agent's command has no use for the caller's secrets."""
    command = ("-q", "--", "printenv", "HF_TOKEN")
    assert sandbox.run(*command, HF_TOKEN="hf_secret").stdout == ""
    assert sandbox.run("--trust-workspace", *command, HF_TOKEN="hf_secret").stdout == "hf_secret\n"
    plan = sandbox.run("--dry-run", "--json", "--entrypoint", "hf-download", "--", "a", HF_TOKEN="hf_secret").stdout
    assert "HF_TOKEN" in json.loads(plan)["data"]["passed"]
    assert "hf_secret" not in plan


def test_code_inside_cannot_rewrite_the_launcher_of_its_checkout(sandbox: World) -> None:
    for path in ("tools/sygaldry", "container/launch_container.sh", "locks/run.txt", "src/sygaldry/__init__.py"):
        done = sandbox.run("-q", "--", "sh", "-c", f"echo hostile >> /workspace/{path}")
        assert "Read-only file system" in done.stderr, path
    made = sandbox.run("-q", "--", "sh", "-c", "touch /workspace/.venv/x || touch /workspace/tools/x")
    assert made.returncode != 0


def test_inside_the_same_workspace_is_seen_and_no_second_storage_is_made(sandbox: World) -> None:
    before = sorted((CHECKOUT / ".venv").iterdir())
    shown = sandbox.run("-q", "--", "/workspace/tools/sygaldry", "job", "list", "--json")
    assert shown.returncode == 0, shown.stderr
    refused = sandbox.run("-q", "--", "sygaldry", "launch", "--", "true")
    assert refused.returncode == 125
    assert "works on the host only" in refused.stderr
    found = sandbox.run("-q", "--", "sygaldry", "entrypoints", "--json")
    assert found.returncode == 0, found.stderr
    assert sorted((CHECKOUT / ".venv").iterdir()) == before
    assert [path.name for path in sandbox.root.iterdir()] == [next(sandbox.root.iterdir()).name]
    assert "hf_secret" not in sandbox.run("--dry-run", "--", "true", HF_TOKEN="hf_secret").stdout


def test_other_variables_stay_outside_unless_asked_for(sandbox: World) -> None:
    hidden = sandbox.run("-q", "--", "printenv", "MY_VARIABLE", MY_VARIABLE="1")
    assert hidden.stdout == ""
    passed = sandbox.run("-q", "--pass-environment", "MY_VARIABLE", "--", "printenv", "MY_VARIABLE", MY_VARIABLE="1")
    assert passed.stdout == "1\n"


def test_a_dry_run_is_one_line_that_can_be_pasted(sandbox: World) -> None:
    dry = sandbox.run("--dry-run", "--", "printf", "%s|", "x y", "$HOME")
    assert dry.stdout.count("\n") == 1
    assert not sandbox.root.exists(), "a dry run changes nothing"
    pasted = subprocess.run(
        ["sh", "-c", dry.stdout], capture_output=True, text=True, env=sandbox.environment(), check=False
    )
    assert (pasted.stdout, pasted.stderr, pasted.returncode) == ("x y|$HOME|", "", 0)
    again = sandbox.run("--dry-run", "--", "true").stdout
    assert "storage init" not in again, "with the storage there, the line is the bare command"


def test_a_dry_run_as_data_has_the_same_words(sandbox: World) -> None:
    data = json.loads(sandbox.run("--dry-run", "--json", "--", "true").stdout)["data"]
    assert data["runtime"] == "sandbox"
    assert data["argv"][-2:] == ["/opt/sygaldry/container/entrypoints/default.sh", "true"] or data["argv"][-1] == "true"
    assert [str(sandbox.root / data["project"] / "monorepo_home"), "/home/kvothe", "rw"] in data["mounts"]


@pytest.mark.parametrize(
    ("words", "problem", "hint"),
    [
        (("--entrypoint", "defualt"), "unknown entrypoint 'defualt'", "'default'"),
        (("--runtime", "dokcer"), "--runtime is 'dokcer'", "'docker'"),
        (("--project-id", "../x"), "--project-id is '../x'", "letters"),
        (("--project-id", ""), "--project-id is ''", "letters"),
        (("--rutime", "docker"), "unrecognized arguments", "'--runtime'"),
        (("--workspace", "/no/such"), "is not a folder", "SYGALDRY_WORKSPACE"),
        (("--network",), "expected one argument", "--help"),
    ],
)
def test_a_mistake_is_told_before_anything_is_made(
    sandbox: World, words: tuple[str, ...], problem: str, hint: str
) -> None:
    done = sandbox.run(*words, "--", "true") if len(words) > 1 else sandbox.run(*words)
    assert done.returncode == 125
    assert problem in done.stderr
    assert hint in done.stderr
    assert done.stdout == ""
    assert not sandbox.root.exists()


def test_an_unknown_variable_of_ours_is_a_mistake(sandbox: World) -> None:
    done = sandbox.run("--", "true", SYGALDRY_RUNTMIE="docker")
    assert done.returncode == 125
    assert "SYGALDRY_RUNTIME" in done.stderr


@pytest.mark.parametrize("name", ["with space", "new\nline", "quo'te\"", "ünï", "$HOME", "-dash"])
def test_any_path_can_be_a_workspace(sandbox: World, tmp_path: Path, name: str) -> None:
    workspace = tmp_path / name
    workspace.mkdir()
    done = sandbox.run("-q", "--workspace", str(workspace), "--", "sh", "-c", "pwd; touch made")
    assert (done.stdout, done.returncode) == ("/workspace\n", 0)
    assert (workspace / "made").stat().st_uid == os.getuid()


def test_a_network_can_be_refused(sandbox: World) -> None:
    done = sandbox.run("-q", "--network", "none", "--", "sh", "-c", "cat /proc/net/dev | tail -n +3 | grep -vc lo:")
    assert done.stdout == "0\n"


def test_nothing_but_loopback_and_files_is_needed_after_set_up(sandbox: World) -> None:
    if os.getuid() != 0:
        pytest.skip("a network namespace of its own needs root here")
    argv = ["unshare", "--net", str(LAUNCHER), "-q", "--", "echo", "offline"]
    done = subprocess.run(argv, capture_output=True, text=True, env=sandbox.environment(), check=False)
    assert (done.stdout, done.returncode) == ("offline\n", 0)


def test_a_further_folder_can_be_mounted(sandbox: World, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x").write_text("there\n")
    mount = f"{tmp_path}/data:/data:ro"
    done = sandbox.run("-q", "--mounts", mount, "--", "sh", "-c", "cat /data/x; touch /data/y")
    assert done.stdout == "there\n"
    assert "Read-only" in done.stderr


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that every user may enter; pytest closes its own to others again and again."""
    with TemporaryDirectory(prefix="sygaldry-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_an_ordinary_user_gets_the_same(sandbox: World, open_folder: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("becoming another user needs root")
    nobody = pwd.getpwnam("nobody").pw_uid
    become = ("setpriv", f"--reuid={nobody}", f"--regid={nobody}", "--clear-groups")
    skip_if_denied("/dev/net/tun", become)
    home, workspace = open_folder / "home", open_folder / "work"
    for folder in (home, workspace):
        folder.mkdir()
        os.chown(folder, nobody, nobody)
    environment = sandbox.environment(
        HOME=str(home), SYGALDRY_STORAGE_ROOT=str(home / "s"), SYGALDRY_PYTHON="/usr/bin/python3"
    )
    words = [
        "-q",
        "--workspace",
        str(workspace),
        "--",
        "sh",
        "-c",
        "id -un; id -u; echo $HOME; touch made ~/m; echo kept",
    ]
    argv = [*become, str(LAUNCHER), *words]
    done = subprocess.run(argv, capture_output=True, text=True, env=environment, check=False, cwd="/")
    assert done.stdout == f"kvothe\n{nobody}\n/home/kvothe\nkept\n", done.stderr
    assert (workspace / "made").stat().st_uid == nobody
