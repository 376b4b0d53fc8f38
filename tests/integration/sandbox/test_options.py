"""The caller's folder and variables, in the real sandbox; what it cannot do is refused by name."""

import shutil
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest
from tests.faults.test_launch_sandbox import until
from tests.integration.conftest import LAUNCHER, SYGALDRY, World

pytestmark = pytest.mark.sandbox


def run_in(folder: Path, environment: dict[str, str], *words: str) -> str:
    """Run a command of the checkout in a folder and return what it printed."""
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_callers_folder_is_kept_by_launches_jobs_and_retries(sandbox: World, tmp_path: Path) -> None:
    sub = tmp_path / "work" / "sub"
    sub.mkdir(parents=True)
    environment = sandbox.environment(SYGALDRY_WORKSPACE=str(tmp_path / "work"))
    assert run_in(sub, environment, str(LAUNCHER), "-q", "--", "pwd") == "/workspace/sub"
    job = (str(SYGALDRY), "job")
    for folder, words in ((sub, ("run", "--job", "where", "--", "pwd", "-P")), (tmp_path, ("retry", "--job", "where"))):
        run_in(folder, environment, *job, *words)
        run_in(tmp_path, environment, *job, "wait", "--job", "where", "--timeout", "60")
        assert run_in(tmp_path, environment, *job, "logs", "--job", "where") == "/workspace/sub"


def test_variables_come_from_flags_the_caller_and_files(sandbox: World, tmp_path: Path) -> None:
    path = tmp_path / "env"
    path.write_text("# comment\nTOKEN=hunter2 '\nA=file\n")
    words = ("-q", "--env-file", str(path), "-e", "A=1,2", "--env", "MINE", "--")
    script = ("sh", "-c", 'echo "$A|$MINE|$TOKEN"')
    assert sandbox.run(*words, *script, MINE="caller's").stdout == "1,2|caller's|hunter2 '\n"
    line = sandbox.run("--dry-run", *words, *script, MINE="caller's").stdout
    assert "hunter2" not in line
    pasted = subprocess.run(
        ["bash", "-c", line], env=sandbox.environment(MINE="caller's"), capture_output=True, text=True, check=False
    )
    assert pasted.stdout == "1,2|caller's|hunter2 '\n", pasted.stderr


def test_a_port_is_published_or_refused_by_name(sandbox: World) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = [str(LAUNCHER), "-q", "--publish", f"{port}:8000", "--", "python3", "-m", "http.server", "8000"]
    if shutil.which("pasta") is None:
        refused = sandbox.run(*words[1:])
        assert refused.returncode == 125
        assert "sandbox does not support --publish here: it shares the host's network" in refused.stderr
        return
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(words, env=sandbox.environment(), stderr=quiet, stdout=quiet, stdin=quiet)
    try:
        until(lambda: answers(port), "the server inside to answer")
    finally:
        process.terminate()
        process.wait(20)


def answers(port: int) -> bool:
    """Return whether a server answers on loopback."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_a_working_folder_that_the_sandbox_lacks_is_refused_in_one_sentence(sandbox: World) -> None:
    refused = sandbox.run("-q", "--workdir", "/nonexist", "--", "true")
    assert refused.returncode == 125
    assert refused.stderr == (
        "sygaldry: --workdir: there is no folder /nonexist in the sandbox\n"
        "  hint: create it first, or mount one there: --mount /SOURCE:/nonexist\n"
    )
    for folder in ("/usr/lib", "/tmp", "/home/kvothe", "/opt/sygaldry/container"):
        assert sandbox.run("-q", "--workdir", folder, "--", "pwd").stdout == f"{folder}\n"
