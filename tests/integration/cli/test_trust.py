"""What a repository asks for outside of itself waits until the caller accepts it."""

import json
import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.integration.conftest import SYGALDRY, World


@pytest.fixture
def evil(tmp_path: Path) -> Path:
    folder = tmp_path / "evil"
    folder.mkdir()
    (folder / "sygaldry.toml").write_text('mounts = ["/:/host"]\n')
    return folder


@pytest.fixture
def world(new_world: Callable[..., World], evil: Path, tmp_path: Path) -> World:
    return new_world(SYGALDRY_WORKSPACE=str(evil), SYGALDRY_RUNTIME="sandbox", XDG_STATE_HOME=str(tmp_path / "state"))


def test_a_mount_of_the_host_needs_consent_and_the_hint_works(world: World, evil: Path) -> None:
    refused = world.run("--", "true")
    assert refused.returncode == 125
    assert f"{evil}/sygaldry.toml asks for mounts" in refused.stderr
    assert "sygaldry trust" in refused.stderr
    shown = world.sygaldry("trust")
    assert shown.returncode == 1
    assert "mounts = /:/host" in shown.stdout
    assert world.run("--dry-run", "--", "true").returncode == 125, "showing accepts nothing"
    assert world.sygaldry("trust", "--yes").returncode == 0
    assert world.run("--dry-run", "--", "true").returncode == 0
    (evil / "sygaldry.toml").write_text('mounts = ["/:/host", "/etc:/etc2"]\n')
    assert world.run("--dry-run", "--", "true").returncode == 125, "a change asks again"


def test_the_record_is_private_and_outside_the_repository(world: World, evil: Path, tmp_path: Path) -> None:
    assert world.sygaldry("trust", "--yes").returncode == 0
    (record,) = (tmp_path / "state" / "sygaldry" / "trust").iterdir()
    assert record.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in evil.iterdir()] == ["sygaldry.toml"]
    assert world.sygaldry("trust", "--revoke").returncode == 0
    assert world.run("--dry-run", "--", "true").returncode == 125


def test_a_record_that_others_can_write_counts_for_nothing(world: World, tmp_path: Path) -> None:
    assert world.sygaldry("trust", "--yes").returncode == 0
    (tmp_path / "state" / "sygaldry" / "trust").chmod(0o777)
    assert world.run("--dry-run", "--", "true").returncode == 125


def test_the_caller_is_asked_at_a_terminal(world: World) -> None:
    for answer, code in (("n", 1), ("y", 0)):
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            [str(SYGALDRY), "trust"], stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, env=world.environment()
        ) as child:
            os.close(theirs)
            os.write(ours, f"{answer}\n".encode())
            child.communicate(timeout=60)
        os.close(ours)
        assert child.returncode == code, answer


@pytest.mark.parametrize(
    "line",
    [
        'pass_environment = ["AWS_SECRET_ACCESS_KEY"]', 'network = "host"', 'image = "evil/image:1"',
        'base_image = "evil/base:1"', 'rootfs = "/"', 'artifact_mirror = "http://evil/"', 'spack_root = "/tmp/spack"',
        'spack_recipes = "/tmp/recipes"', 'spack_store = "/tmp/store"', 'storage_root = "/tmp/root"',
        'spack_environment = "../other"',
    ],
)  # fmt: skip
def test_every_setting_that_reaches_outside_needs_consent(world: World, evil: Path, line: str) -> None:
    (evil / "sygaldry.toml").write_text(f"{line}\n")
    refused = world.sygaldry("launch", "--dry-run", "--", "true", SYGALDRY_STORAGE_ROOT="")
    assert refused.returncode == 125
    assert f"asks for {line.partition(' ')[0]}" in refused.stderr


def test_settings_that_stay_inside_need_no_consent(world: World, evil: Path) -> None:
    inside = 'project_id = "mine"\nshm_size = "1g"\nnetwork = "none"\ntoolchains = ["python"]\n'
    (evil / "sygaldry.toml").write_text(inside)
    assert world.run("--dry-run", "--", "true").returncode == 0
    assert world.sygaldry("trust").stdout == f"{evil} asks for nothing outside of it\n"


def test_a_value_that_the_caller_overrides_needs_no_consent(world: World, evil: Path) -> None:
    (evil / "sygaldry.toml").write_text('network = "host"\n')
    assert world.run("--dry-run", "--network", "none", "--", "true").returncode == 0


def test_ci_accepts_everything_with_a_flag_or_a_variable(world: World) -> None:
    for done in (
        world.run("--trust-workspace", "--dry-run", "--", "true"),
        world.run("--dry-run", "--", "true", SYGALDRY_TRUST="1"),
    ):
        assert done.returncode == 0
        assert " /host " in done.stdout


def test_a_repository_cannot_trust_itself(world: World, evil: Path) -> None:
    (evil / "sygaldry.toml").write_text("trust_workspace = true\n")
    refused = world.run("--", "true")
    assert refused.returncode == 125
    assert "only the caller may set it" in refused.stderr


def test_config_show_marks_what_waits(world: World) -> None:
    shown = world.sygaldry("config", "show")
    assert shown.returncode == 0
    (line,) = [line for line in shown.stdout.splitlines() if line.startswith("mounts ")]
    assert line.endswith("(waits for trust: /:/host)")
    assert "sygaldry trust" in shown.stderr
    entry = json.loads(world.sygaldry("config", "show", "mounts", "--json").stdout)["data"]["mounts"]
    assert entry == {"value": [], "origin": "default", "pending": ["/:/host"]}


def test_the_doctor_is_not_ready_while_something_waits(world: World) -> None:
    done = world.sygaldry("doctor")
    assert done.returncode == 4
    assert "the workspace asks for mounts" in done.stdout
    assert "ready: " not in done.stdout.replace("not ready: ", "")


def test_an_entrypoint_that_shadows_ours_needs_consent(world: World, evil: Path) -> None:
    (evil / "sygaldry.toml").unlink()
    entrypoints = evil / "container" / "entrypoints"
    entrypoints.mkdir(parents=True)
    (entrypoints / "default.sh").write_text("#!/bin/bash\necho stolen\n")
    (entrypoints / "own.sh").write_text("#!/bin/bash\n# An entrypoint of this workspace\necho own\n")
    (entrypoints / "greedy.sh").write_text("#!/bin/bash\n# Takes a token\n# tokens: HF_TOKEN\necho greedy\n")
    assert world.run("--dry-run", "--", "true").returncode == 125
    assert world.run("--dry-run", "--entrypoint", "own", "--", "true").returncode == 0
    greedy = world.run("--dry-run", "--entrypoint", "greedy", "--", "true")
    assert greedy.returncode == 125
    assert "greedy.sh asks for HF_TOKEN" in greedy.stderr
    assert world.sygaldry("trust", "--yes").returncode == 0
    assert world.run("--dry-run", "--entrypoint", "greedy", "--", "true").returncode == 0
    assert world.run("--dry-run", "--", "true").returncode == 0


def test_a_mirror_in_a_manifest_needs_consent(world: World, evil: Path) -> None:
    (evil / "sygaldry.toml").unlink()
    environment = evil / "pkg" / "zephyr"
    environment.mkdir(parents=True)
    (environment / "spack_src.yaml").write_text("spack: {specs: [zlib], mirrors: {evil: 'http://127.0.0.1:9/'}}\n")
    refused = world.sygaldry("env", "cache", "list")
    assert refused.returncode == 125
    assert "spack_src.yaml asks for mirrors" in refused.stderr
    assert world.sygaldry("trust", "--yes", str(environment)).returncode == 0
    assert world.sygaldry("env", "cache", "list").returncode != 125


def test_a_file_of_another_user_is_not_read(world: World, evil: Path) -> None:
    if os.getuid():
        pytest.skip("only root can give a file away")
    os.chown(evil / "sygaldry.toml", 12345, 12345)
    done = world.run("--dry-run", "--", "true")
    assert done.returncode == 0
    assert " /host " not in done.stdout
    assert "is ignored: it belongs to user 12345" in done.stderr
    assert world.run("--dry-run", "--", "true", SUDO_UID="12345").returncode == 125, "git's rule for sudo"


def test_a_settings_file_that_is_no_file_is_refused_at_once(world: World, evil: Path) -> None:
    (evil / "sygaldry.toml").unlink()
    os.mkfifo(evil / "sygaldry.toml")
    refused = world.run("--dry-run", "--", "true")
    assert refused.returncode == 125
    assert "is not a regular file" in refused.stderr
