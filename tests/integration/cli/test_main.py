"""How the command line speaks: help, mistakes, JSON, settings with their origins."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.integration.conftest import World


@pytest.fixture
def world(new_world: Callable[..., World]) -> World:
    return new_world()


def test_help_lists_every_verb_with_a_sentence(world: World) -> None:
    done = world.sygaldry("--help")
    rows = [
        line.split(None, 1) for line in done.stdout.splitlines() if line.startswith("  ") and "sygaldry" not in line
    ]
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


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion_is_a_script_of_every_verb(world: World, shell: str) -> None:
    script = world.sygaldry("completion", shell).stdout
    assert "storage" in script
    assert "--dry-run" in script
