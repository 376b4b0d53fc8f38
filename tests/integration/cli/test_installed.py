"""After `pip install` it is `sygaldry`, in any project."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT, World

_UV = Path(sys.prefix) / "bin" / "uv"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and install it apart from the checkout."""
    if not _UV.exists():
        pytest.skip(f"uv is not beside this interpreter: {_UV}")
    folder = tmp_path_factory.mktemp("installed")
    environment = {**os.environ, "UV_LINK_MODE": "copy"}
    for argv in (
        ["build", "-q", "--wheel", "-o", str(folder / "wheel"), str(CHECKOUT)],
        ["venv", "-q", str(folder / "venv")],
    ):
        subprocess.run([str(_UV), *argv], env=environment, check=True)
    (wheel,) = (folder / "wheel").glob("*.whl")
    python = str(folder / "venv" / "bin" / "python")
    subprocess.run([str(_UV), "pip", "install", "-q", "--python", python, str(wheel)], env=environment, check=True)
    return folder / "venv" / "bin" / "sygaldry"


@pytest.mark.network
def test_any_project_is_a_workspace(installed: Path, sandbox: World, tmp_path: Path) -> None:
    project = tmp_path / "my project"
    (project / "deep" / "down").mkdir(parents=True)
    (project / "sygaldry.toml").write_text('quiet = true\nruntime = "sandbox"\n')
    own = project / "container" / "entrypoints"
    own.mkdir(parents=True)
    (own / "hello.sh").write_text('#!/bin/bash\n# Greet\necho "hello from $PWD" "$@"\n')
    argv = [str(installed), "launch", "--entrypoint", "hello", "--", "a b"]
    here = project / "deep" / "down"
    done = subprocess.run(argv, capture_output=True, text=True, cwd=here, env=sandbox.environment(), check=False)
    assert (done.stdout, done.stderr) == ("hello from /workspace/deep/down a b\n", "")
    assert [path.name for path in sandbox.root.iterdir()] == ["my-project"]


@pytest.mark.network
def test_its_dry_run_can_be_pasted_too(installed: Path, sandbox: World, tmp_path: Path) -> None:
    environment = sandbox.environment(PATH=f"{installed.parent}:{os.environ['PATH']}")
    argv = [str(installed), "launch", "--dry-run", "--workspace", str(tmp_path), "--", "echo", "pasted"]
    line = subprocess.run(argv, capture_output=True, text=True, env=environment, check=True).stdout
    assert line.startswith("sygaldry storage init ")
    pasted = subprocess.run(["sh", "-c", line], capture_output=True, text=True, env=environment, check=False)
    assert pasted.stdout == "pasted\n"


@pytest.mark.network
def test_a_fresh_repository_is_prepared_and_launched_with_correct_hints(
    installed: Path, sandbox: World, tmp_path: Path
) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    environment = sandbox.environment(PATH=f"{installed.parent}:{os.environ['PATH']}")

    def typed(*words: str) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(words, capture_output=True, text=True, cwd=fresh, env=environment, check=False)
        assert done.returncode == 0, (words, done.stderr)
        assert "launch_container.sh" not in done.stdout + done.stderr, "a hint of the checkout"
        return done

    typed("git", "init", "-q")
    first = typed("sygaldry", "init")
    assert first.stdout == "wrote  sygaldry.toml\n"
    assert "sygaldry init --spack" in first.stderr
    assert typed("sygaldry", "launch", "-q", "--", "sh", "-c", "echo ok").stdout == "ok\n"
    settings = (fresh / "sygaldry.toml").read_text()
    offered = next(line for line in first.stderr.splitlines() if "init --spack" in line).rpartition(": ")[2].split()
    assert "pkg/zephyr/spack.lock" in typed(*offered, "--bazel").stdout
    assert (fresh / "sygaldry.toml").read_text() == settings, "nothing is overwritten"
    assert (fresh / "pkg/zephyr/spack.lock").read_bytes() == (CHECKOUT / "pkg/zephyr/spack.lock").read_bytes()
    summary = typed("sygaldry").stdout
    assert "sygaldry launch" in summary
    assert "sygaldry env status pkg/zephyr" in summary
