"""`sygaldry launch` in a project that has a devcontainer.json of its own, in the sandbox."""

import json
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT, World

_FILE = """
// The project's own
{
  "containerEnv": {"A": "a // b", "HERE": "${containerWorkspaceFolder}"},
  "remoteEnv": {
    "PATH": "${containerEnv:PATH}:/extra", "TOKEN": "${localEnv:TOKEN}", "value": "${containerEnv:NONE:d e}`id`$A",
  },
  "mounts": ["type=bind,source=%s,target=/data,readonly"],
  "remoteUser": "vscode",
  "features": {"x": {}},
  "postCreateCommand": "echo created; echo $A >>made; id -u vscode",
}
"""


@pytest.fixture
def project(sandbox: World, tmp_path: Path) -> World:
    workspace, data = tmp_path / "app", tmp_path / "data"
    (workspace / ".devcontainer").mkdir(parents=True)
    data.mkdir()
    (data / "file").write_text("text\n")
    (workspace / ".devcontainer" / "devcontainer.json").write_text(_FILE % data)
    variables = {"SYGALDRY_WORKSPACE": str(workspace), "XDG_STATE_HOME": str(tmp_path / "state"), "TOKEN": "secret"}
    return World(sandbox.root, {**sandbox.variables, **variables})


def folder_of(world: World) -> Path:
    return Path(world.variables["SYGALDRY_WORKSPACE"])


def test_a_launch_has_what_the_file_says_once_it_is_accepted(project: World) -> None:
    refused = project.run("--", "true")
    assert refused.returncode == 125
    assert "asks for mount, variable of the caller, postCreateCommand" in refused.stderr
    assert "mount = " in project.sygaldry("trust", "--yes").stdout
    script = 'echo "$A|$HERE|$TOKEN|$value|$(id -un)|$(id -u vscode)"; cat /data/file made; echo "${PATH##*:}"'
    first = project.run("--", "sh", "-c", script)
    user = first.stdout.splitlines()[0].rpartition("|")[2]
    assert first.stdout.splitlines() == [
        f"a // b|/workspace|secret|d e`id`$A|kvothe|{user}", "text", "a // b", "/extra",
    ], first.stderr  # fmt: skip
    assert "ignored: features" in first.stderr
    assert "postCreateCommand, once" in first.stderr
    assert f"created\n{user}\n" in first.stderr, "its output is not the command's"
    second = project.run("--", "sh", "-c", "cat made; touch /data/x")
    assert second.stdout == "a // b\n", "it runs once"
    assert "postCreateCommand" not in second.stderr
    assert "Read-only" in second.stderr
    planned = project.run("--dry-run", "--json", "--", "true").stdout
    assert "secret" not in planned, "a value of the caller is in no argument list"


def test_a_changed_file_or_dockerfile_is_asked_about_again(project: World) -> None:
    assert project.sygaldry("trust", "--yes").returncode == 0
    assert project.run("--dry-run", "--", "true").returncode == 0
    file = folder_of(project) / ".devcontainer" / "devcontainer.json"
    file.write_text('{"build": {"dockerfile": "Dockerfile"}}')
    dockerfile = file.with_name("Dockerfile")
    dockerfile.write_text("FROM one\n")
    assert project.run("--dry-run", "--", "true").returncode == 125
    assert project.sygaldry("trust", "--yes").returncode == 0
    assert project.run("--dry-run", "--", "true").returncode == 0
    dockerfile.write_text("FROM two\n")
    assert project.run("--dry-run", "--", "true").returncode == 125


def test_settings_win_over_the_file(project: World) -> None:
    assert project.sygaldry("trust", "--yes").returncode == 0
    mine = ("--env", "A=mine", "--env", "PATH=/usr/bin:/bin", "--mount", f"{folder_of(project)}:/data")
    done = project.run(
        "-q", "--devcontainer", "no-commands", *mine, "--", "sh", "-c", 'echo "$A ${PATH##*:}"; ls -A /data'
    )
    assert done.stdout == "mine /bin\n.devcontainer\n", done.stderr
    (folder_of(project) / "sygaldry.toml").write_text('devcontainer = "ignore"\n')
    assert project.run("-q", "--", "sh", "-c", "echo $A").stdout == "\n"


def test_a_command_that_fails_stops_the_launch_and_the_hint_goes_on(project: World) -> None:
    file = folder_of(project) / ".devcontainer" / "devcontainer.json"
    file.write_text('{"postCreateCommand": ["sh", "-c", "echo why; exit 3"]}')
    assert project.sygaldry("trust", "--yes").returncode == 0
    failed = project.run("--", "echo", "started")
    assert (failed.returncode, failed.stdout) == (125, "")
    assert "why\n" in failed.stderr
    assert "postCreateCommand failed with exit code 3" in failed.stderr
    assert "SYGALDRY_DEVCONTAINER=no-commands" in failed.stderr
    assert project.run("--", "echo", "started", SYGALDRY_DEVCONTAINER="no-commands").stdout == "started\n"
    assert project.run("--", "true").returncode == 125, "it is tried again"


def test_a_job_and_an_environment_have_it_too(project: World) -> None:
    assert project.sygaldry("trust", "--yes").returncode == 0
    script = 'echo "$A|$TOKEN|$value|${PATH##*:}"; cat made'
    assert project.sygaldry("job", "run", "--job", "own", "--", "sh", "-c", script).returncode == 0
    assert project.sygaldry("job", "wait", "--job", "own").returncode == 0
    expected = "a // b|secret|d e`id`$A|/extra\na // b\n"
    assert project.sygaldry("job", "logs", "--job", "own").stdout == expected
    assert project.sygaldry("up").returncode == 0
    try:
        assert project.sygaldry("exec", "--", "sh", "-c", script).stdout == expected
    finally:
        assert project.sygaldry("down").returncode == 0


def test_compose_and_broken_files_are_refused_and_can_be_left_out(project: World) -> None:
    file = folder_of(project) / ".devcontainer" / "devcontainer.json"
    for text, words in (
        ('{"dockerComposeFile": "x.yml"}', "dockerComposeFile"),
        ('{"image": ', "is not valid JSON"),
        ("[" * 100_000, "is not valid JSON"),
        (" " * 2**21, "larger than"),
    ):
        file.write_text(text)
        refused = project.run("--", "true")
        assert refused.returncode == 125
        assert words in refused.stderr
        assert "Traceback" not in refused.stderr
        assert project.run("--", "true", SYGALDRY_DEVCONTAINER="ignore").returncode == 0


def test_a_file_of_the_project_is_not_replaced_by_ours(project: World) -> None:
    file = folder_of(project) / ".devcontainer" / "devcontainer.json"
    text = file.read_text()
    refused = project.sygaldry("devcontainer")
    assert refused.returncode == 2
    assert "was not written by Sygaldry" in refused.stderr
    assert file.read_text() == text


def test_the_shipped_file_has_no_effect_on_a_launch(sandbox: World) -> None:
    found = json.loads(sandbox.sygaldry("config", "show", "--json").stdout)["data"]["settings"]
    assert (CHECKOUT / ".devcontainer" / "devcontainer.json").exists()
    assert not [name for name, each in found.items() if "devcontainer.json" in each["origin"]]


def test_run_arguments_volumes_and_all_commands_take_effect_or_are_named(project: World) -> None:
    file = folder_of(project) / ".devcontainer" / "devcontainer.json"
    table = {
        "runArgs": ["--cap-add=SYS_PTRACE", "-e", "FROM_ARGS=1", "--memory=1g", "--name", "x"],
        "mounts": ["source=deps-${devcontainerId},target=/deps,type=volume"],
        "onCreateCommand": "echo one >>/deps/order",
        "postCreateCommand": "echo two >>/deps/order",
    }
    file.write_text(json.dumps(table))
    refused = project.run("--", "true")
    assert refused.returncode == 125
    assert "asks for runArgs, onCreateCommand, postCreateCommand" in refused.stderr
    assert "runArgs = --cap-add=SYS_PTRACE" in project.sygaldry("trust", "--yes").stdout
    first = project.run("--", "sh", "-c", "cat /deps/order; echo $FROM_ARGS; touch /deps/kept")
    assert first.stdout == "one\ntwo\n1\n", first.stderr
    assert "without effect in sandbox: --cap-add=SYS_PTRACE" in first.stderr
    assert "ignored: runArgs --name" in first.stderr
    assert project.run("-q", "--", "ls", "/deps").stdout == "kept\norder\n", "a volume stays"
    assert project.sygaldry("config", "show", "memory").stdout == "1g\n"


def test_one_of_several_files_is_chosen_and_a_single_one_is_read(project: World) -> None:
    folder = folder_of(project) / ".devcontainer"
    (folder / "devcontainer.json").unlink()
    for name in ("one", "two"):
        (folder / name).mkdir()
        (folder / name / "devcontainer.json").write_text(json.dumps({"containerEnv": {"WHICH": name}}))
    words = ("--", "sh", "-c", "echo [$WHICH]")
    several = project.run(*words)
    assert several.stdout == "[]\n"
    assert "SYGALDRY_DEVCONTAINER_FILE=.devcontainer/one/devcontainer.json" in several.stderr
    chosen = project.run(*words, SYGALDRY_DEVCONTAINER_FILE=".devcontainer/two/devcontainer.json")
    assert chosen.stdout == "[two]\n"
    assert "none is read" not in chosen.stderr
    missing = project.run("--devcontainer-file", "none.json", *words)
    assert missing.returncode == 125
    assert "there is no such file" in missing.stderr
    (folder / "two" / "devcontainer.json").unlink()
    assert project.run("-q", *words).stdout == "[one]\n"
