"""How the command line speaks: help, mistakes, JSON, settings with their origins."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.integration.conftest import World

from sygaldry.cli._all_verbs import every_verb


@pytest.fixture
def world(new_world: Callable[..., World]) -> World:
    return new_world()


def test_help_lists_every_verb_with_a_sentence(world: World) -> None:
    done = world.sygaldry("--help")
    rows = [line.split(None, 1) for line in done.stdout.splitlines() if re.match("  [a-z]", line)]
    assert {"launch", "storage", "config", "doctor", "runtimes"} <= {row[0] for row in rows}
    assert all(len(row) == 2 for row in rows)


def test_a_mistyped_verb_names_its_neighbour(world: World) -> None:
    done = world.sygaldry("lunch")
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean: sygaldry launch" in done.stderr


def test_help_of_a_verb_can_be_asked_both_ways(world: World) -> None:
    assert world.sygaldry("help", "storage", "gc").stdout == world.sygaldry("storage", "gc", "--help").stdout != ""


def test_version_is_one_line(world: World) -> None:
    assert world.sygaldry("--version").stdout.startswith("sygaldry 0.")


def test_settings_remember_who_said_them(world: World, tmp_path: Path) -> None:
    (tmp_path / "sygaldry.toml").write_text('network = "none"\nshm_size = "1g"\n')
    (tmp_path / "xdg" / "sygaldry").mkdir(parents=True)
    (tmp_path / "xdg" / "sygaldry" / "config.toml").write_text('shm_size = "2g"\ngpu = false\n')
    words = ("config", "show", "--json", "--workspace", str(tmp_path), "--runtime", "podman")
    done = world.sygaldry(*words, XDG_CONFIG_HOME=str(tmp_path / "xdg"), BAZEL_VERSION="7.1.0")
    told = {name: tuple(each.values()) for name, each in json.loads(done.stdout)["data"]["settings"].items()}
    assert told["network"] == ("none", str(tmp_path / "sygaldry.toml"))
    assert told["shm_size"] == ("1g", str(tmp_path / "sygaldry.toml"))
    assert told["gpu"] == ("false", str(tmp_path / "xdg/sygaldry/config.toml"))
    assert told["bazel_version"] == ("7.1.0", "BAZEL_VERSION")
    assert told["runtime"] == ("podman", "--runtime")
    assert told["python_version"] == ("3.13", "default")


def test_a_broken_file_is_told_with_its_place(world: World, tmp_path: Path) -> None:
    (tmp_path / "sygaldry.toml").write_text("network = \n")
    done = world.sygaldry("config", "show", "--workspace", str(tmp_path))
    assert done.returncode == 2
    assert f"{tmp_path}/sygaldry.toml is not valid TOML" in done.stderr
    assert "line 1" in done.stderr


def test_a_reader_that_leaves_is_no_fault(world: World) -> None:
    import subprocess

    from tests.integration.conftest import SYGALDRY

    argv = ["bash", "-c", f"set -o pipefail; '{SYGALDRY}' config show | head -n 1"]
    done = subprocess.run(argv, capture_output=True, text=True, env=world.environment(), check=False)
    assert done.stderr == ""


def test_runtimes_tells_the_one_reason_and_the_command(world: World) -> None:
    data = json.loads(world.sygaldry("runtimes", "--json").stdout)["data"]["runtimes"]
    assert set(data) == {"docker", "podman", "apptainer", "sandbox"}
    assert all(each["works"] or (each["reason"] and each["remedy"]) for each in data.values())


def test_an_absent_engine_asked_for_by_name_is_an_error_with_the_way_to_get_it(world: World, tmp_path: Path) -> None:
    done = world.run("--runtime", "docker", "--", "true", DOCKER_HOST=f"unix://{tmp_path}/no.sock")
    assert done.returncode == 125
    assert "docker cannot run here" in done.stderr
    assert "systemctl start docker" in done.stderr or "apt-get install docker.io" in done.stderr


def test_doctor_says_whether_this_machine_is_ready(world: World) -> None:
    done = world.sygaldry("doctor", "--json")
    answer = json.loads(done.stdout)
    assert answer["data"]["ready"] is (done.returncode == 0)
    assert {"storage", "certificates", "memory"} <= set(answer["data"]["findings"])


@pytest.mark.parametrize("words", every_verb(), ids=["-".join(words) for words in every_verb()])
def test_every_verb_reports_an_error_in_the_json_envelope(world: World, words: tuple[str, ...]) -> None:
    done = world.sygaldry(*words, "--no-such-option", "--json")
    envelope = json.loads(done.stdout)
    assert set(envelope) == {"schema", "sygaldry", "command", "exit_code", "notes", "data", "error"}
    assert envelope["command"] == " ".join(words)
    assert envelope["exit_code"] == done.returncode != 0
    assert envelope["error"]["problem"] in done.stderr


@pytest.mark.parametrize(
    ("words", "kind", "code"),
    [
        (("nosuch",), "UsageError", 2),
        (("job", "status", "nosuch"), "NoSuchJobError", 5),
        (("job", "wait", "nosuch"), "NoSuchJobError", 5),
        (("config", "show", "--workspace", "/nosuch"), "NotFoundError", 3),
        (("launch", "--dry-run", "--workspace", "/nosuch"), "NotFoundError", 125),
    ],
)
def test_a_failure_is_one_json_envelope_on_stdout(world: World, words: tuple[str, ...], kind: str, code: int) -> None:
    done = world.sygaldry("--json", *words)
    envelope = json.loads(done.stdout)
    assert (envelope["error"]["type"], envelope["exit_code"], done.returncode) == (kind, code, code)
    assert envelope["data"] == {}


def test_json_of_the_command_is_not_ours(world: World) -> None:
    done = world.sygaldry("launch", "--workspace", "/nosuch", "--", "--json")
    assert (done.returncode, done.stdout) == (125, "")


def test_a_job_without_a_name_is_a_usage_error(world: World) -> None:
    done = world.sygaldry("job", "run", "--", "true")
    assert (done.returncode, done.stdout) == (2, "")
    assert "a job needs a name" in done.stderr


@pytest.mark.parametrize(
    ("words", "variables", "coloured"),
    [
        (("--color", "always", "nosuch"), {}, True),
        (("--color=always", "job", "status", "nosuch"), {}, True),
        (("job", "status", "nosuch", "--color", "always"), {"NO_COLOR": "1"}, True),
        (("job", "status", "nosuch"), {"SYGALDRY_COLOR": "always"}, True),
        (("job", "status", "nosuch", "--color", "never"), {"CLICOLOR_FORCE": "1"}, False),
        (("job", "status", "nosuch"), {"CLICOLOR_FORCE": "1"}, True),
        (("job", "status", "nosuch"), {}, False),
    ],
)
def test_colour_follows_the_setting(
    world: World, words: tuple[str, ...], variables: dict[str, str], coloured: bool
) -> None:
    assert ("\033[31m" in world.sygaldry(*words, **variables).stderr) is coloured


def test_debug_before_the_verb_prints_a_traceback_and_keeps_the_exit_code(world: World) -> None:
    done = world.sygaldry("--debug", "job", "status", "nosuch")
    assert done.returncode == 5
    assert "Traceback" in done.stderr


def test_quiet_before_the_verb_silences_notes(world: World, tmp_path: Path) -> None:
    words = ("storage", "show", "--workspace", str(tmp_path))
    old = {"SYGALDRY_CONTAINER_ROOT": str(world.root)}
    assert "old name" in world.sygaldry("config", "show", "--workspace", str(tmp_path), **old).stderr
    assert world.sygaldry("-q", "config", "show", "--workspace", str(tmp_path), **old).stderr == ""
    assert world.sygaldry(*words, "--quiet").stderr == ""
