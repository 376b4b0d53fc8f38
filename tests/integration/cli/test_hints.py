"""The command that the hint of a common failure names is typed where the hint is given."""

import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.integration.conftest import SYGALDRY, World

_COMMAND = re.compile(r"\b(sygaldry (?:[^;,)|&\"`:]|:(?! ))+)")
# A hint that would start, stop or build something is proved by a dry run or by its help.
_LIGHT = {"launch": "--dry-run", "up": "--help", "down": "--help", "build": "--help", "base": "--help", "run": "--help"}


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def world(new_world: Callable[..., World], work: Path, tmp_path: Path) -> World:
    return new_world(SYGALDRY_WORKSPACE=str(work), SYGALDRY_RUNTIME="sandbox", XDG_STATE_HOME=str(tmp_path / "state"))


def hinted(world: World, work: Path, *words: str, **more: str) -> list[list[str]]:
    """Fail as a user does, and return the commands of the hint as words after `sygaldry`."""
    done = subprocess.run(
        [SYGALDRY, *words], cwd=work, env=world.environment(**more), capture_output=True, text=True, check=False
    )
    assert done.returncode, done
    (hint,) = [line.partition("hint: ")[2] for line in done.stderr.splitlines() if "hint: " in line]
    return [shlex.split(each.rstrip(". ").replace("...", ""))[1:] for each in _COMMAND.findall(hint)]


def type_hints(world: World, work: Path, hints: list[list[str]], **more: str) -> None:
    """Type each command in the same place; it may find nothing, but it is no usage error."""
    assert hints, "no command is named"
    for hint in hints:
        light = [_LIGHT[word] for word in hint[:2] if word in _LIGHT][:1]
        cut = hint[: hint.index("--")] if "--" in hint else hint
        done = subprocess.run(
            [SYGALDRY, *cut, *light],
            cwd=work,
            env=world.environment(**more),
            capture_output=True,
            text=True,
            check=False,
        )
        assert "unrecognized" not in done.stderr, (hint, done.stderr)
        assert "unknown" not in done.stderr, (hint, done.stderr)
        assert done.returncode in (0, 1, 4), (hint, done)


@pytest.mark.parametrize(
    "words",
    [
        ("job", "status", "--job", "nosuch"),
        ("job", "tail", "--job", "nosuch"),
        ("job", "explain", "--job", "nosuch"),
        ("job", "stop", "--job", "nosuch"),
        ("job", "retry", "nosuch"),
        ("job", "run", "--", "true"),
        ("job", "run", "--job", "a"),
        ("exec", "--", "true"),
        ("logs",),
        ("stop",),
        ("storage", "restore", "nosuch"),
        ("storage", "adopt", "--project-id", "nosuch"),
        ("launch", "--no-such-flag", "--", "true"),
        ("launch", "--runtime", "sandbox", "--engine-option=--x", "--", "true"),
        ("job", "nosuch"),
    ],
    ids=" ".join,
)
def test_the_hint_of_a_failure_works(world: World, work: Path, words: tuple[str, ...]) -> None:
    type_hints(world, work, hinted(world, work, *words))


def test_the_hint_of_an_untrusted_workspace_works(world: World, work: Path) -> None:
    (work / "sygaldry.toml").write_text('mounts = ["/:/host"]\n')
    type_hints(world, work, hinted(world, work, "launch", "--", "true"))


def test_the_hint_of_a_storage_conflict_works(world: World, tmp_path: Path) -> None:
    other = tmp_path / "other" / "work"
    other.mkdir(parents=True)
    assert world.sygaldry("storage", "init").returncode == 0
    second = World(world.root, {**world.variables, "SYGALDRY_WORKSPACE": str(other), "SYGALDRY_PROJECT_ID": "work"})
    type_hints(second, other, hinted(second, other, "launch", "--", "true"))


def test_a_machine_without_the_wanted_engine_is_not_ready(world: World, tmp_path: Path) -> None:
    nothing = {"SYGALDRY_RUNTIME": "docker", "DOCKER_HOST": f"unix://{tmp_path}/no.sock"}
    without = World(world.root, {**world.variables, **nothing})
    done = without.run("--", "true")
    assert done.returncode == 125
    assert "hint: " in done.stderr
    assert without.sygaldry("runtimes").returncode in (0, 4)
    assert without.sygaldry("doctor").returncode == 4
