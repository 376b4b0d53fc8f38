"""Completion in real shells: Tab is pressed on a pseudo-terminal, and the line becomes what it should."""

import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest
from tests.integration.conftest import CHECKOUT, SYGALDRY, World

_START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
_SET_UP = {
    "bash": "PS1='READY> '; source <(sygaldry completion bash)",
    "zsh": "PS1='READY> '; autoload -Uz compinit; compinit -u -D; source <(sygaldry completion zsh)",
    "fish": "function fish_prompt; echo 'READY> '; end; sygaldry completion fish | source",
}
_TAB = "\t"
_ESCAPE = re.compile(r"\x1b(\[[0-9;?>=]*[a-zA-Z]|[()][A-Z0-9]|[=>])|\r|\x07|\x08")

pytestmark = pytest.mark.parametrize("shell", sorted(_START))


@pytest.fixture
def world(new_world: Callable[..., World], tmp_path: Path) -> World:
    world = new_world(SYGALDRY_PROJECT_ID="demo", SYGALDRY_RUNTIME="sandbox")
    assert world.sygaldry("storage", "init").returncode == 0
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "sygaldry").symlink_to(SYGALDRY)
    (programs / "zephyr_job").symlink_to(CHECKOUT / "tools" / "zephyr_job")
    return World(world.root, {**world.variables, "BIN": str(programs)})


@contextmanager
def _shell(shell: str, world: World, folder: Path) -> Iterator["pexpect.spawn[str]"]:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed: apt-get install {shell}")
    environment = world.environment(TERM="xterm", HOME=str(folder), XDG_CONFIG_HOME=str(folder))
    environment["PATH"] = f"{world.variables['BIN']}:{environment['PATH']}"
    child: pexpect.spawn[str] = pexpect.spawn(
        _START[shell][0], _START[shell][1:], env=environment, cwd=str(CHECKOUT), encoding="utf-8", timeout=30,
        dimensions=(50, 200),
    )  # fmt: skip
    try:
        child.sendline(_SET_UP[shell])
        child.sendline("echo SET'' ''UP")
        child.expect("SET  ?UP")
        child.expect("READY> ")
        yield child
    finally:
        child.close(force=True)


def _completed(child: "pexpect.spawn[str]", line: str, expected: str) -> None:
    """Type a line and Tab; the shell must show the expected text."""
    child.send(line + _TAB)
    deadline_text = ""
    while expected not in _ESCAPE.sub("", deadline_text):
        deadline_text += child.read_nonblocking(4096, timeout=20)
    child.sendcontrol("u")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("sygaldry dev", "sygaldry devcontainer"),
        ("sygaldry job expl", "sygaldry job explain"),
        ("sygaldry launch --entry", "--entrypoint"),
        ("sygaldry launch --runtime sandb", "--runtime sandbox"),
        ("sygaldry launch --runtime=sandb", "--runtime=sandbox"),
        ("sygaldry launch --entrypoint hf-d", "--entrypoint hf-download"),
        ("sygaldry env build pkg/torch_c", "pkg/torch_cuda"),
        ("sygaldry config show bazel_v", "bazel_version"),
        ("sygaldry --color alw", "--color always"),
        ("zephyr_job heal", "zephyr_job health"),
    ],
)
def test_tab_completes_verbs_options_and_values(
    world: World, tmp_path: Path, shell: str, line: str, expected: str
) -> None:
    with _shell(shell, world, tmp_path) as child:
        _completed(child, line, expected)


def test_tab_completes_the_names_of_jobs(world: World, tmp_path: Path, shell: str) -> None:
    job = "nightly-build"
    world.sygaldry("job", "run", "--job", job, "--", "true")
    assert world.sygaldry("job", "wait", job, "--timeout", "60").returncode == 0
    with _shell(shell, world, tmp_path) as child:
        _completed(child, "sygaldry job status night", job)


def test_after_the_command_begins_file_names_are_completed(world: World, tmp_path: Path, shell: str) -> None:
    with _shell(shell, world, tmp_path) as child:
        _completed(child, "sygaldry launch -- cat CONTRIB", "CONTRIBUTING.md")


def test_candidates_need_no_engine_and_no_network(world: World, shell: str) -> None:
    # With a search path that holds neither an engine nor curl, the answer is the same.
    words = ("completion", "--candidates", shell, "--", "launch", "--runtime", "")
    bare = world.sygaldry(*words, PATH=shlex.join(["/usr/bin"]), http_proxy="http://127.0.0.1:9")
    assert bare.returncode == 0
    assert {line.split("\t")[0].split(":")[0] for line in bare.stdout.splitlines()} >= {"docker", "podman", "sandbox"}
