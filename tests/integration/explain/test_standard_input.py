"""`sygaldry job explain --log -` reads a pipe, whole, and answers with JSON too."""

import json
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[3] / "src"
LOG = b"ok\n" * 100_000 + b"Killed\n"


def answer(*words: str, log: bytes = LOG) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "sygaldry", "job", "explain", *words],
        input=log,
        capture_output=True,
        check=False,
        timeout=60,
        env={"PYTHONPATH": str(SOURCE), "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
    )


def test_a_pipe_is_explained() -> None:
    done = answer("--log", "-", "--rc", "137")
    assert done.returncode == 0, done.stderr
    assert b"100001: Killed" in done.stdout


def test_json_has_the_envelope() -> None:
    data = json.loads(answer("--log", "-", "--rc", "137", "--json").stdout)
    assert data["command"] == "job explain"
    assert data["data"]["cause"]["lines"][0]["offset"] == 300_000


def test_a_log_that_is_not_named_is_a_wrong_use() -> None:
    done = answer()
    assert done.returncode == 2
    assert b"--log" in done.stderr


def test_a_log_typed_as_a_job_is_recognised(tmp_path: Path) -> None:
    log = tmp_path / "build.log"
    log.write_bytes(LOG)
    done = subprocess.run(
        [sys.executable, "-m", "sygaldry", "job", "explain", "build.log"],
        capture_output=True,
        check=False,
        timeout=60,
        cwd=tmp_path,
        env={"PYTHONPATH": str(SOURCE), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )
    assert done.returncode == 5
    assert b"hint: for a log: sygaldry job explain --log build.log" in done.stderr


def test_json_and_another_format_exclude_each_other() -> None:
    done = answer("--log", "-", "--rc", "1", "--json", "--format", "sarif")
    assert done.returncode == 2
    assert b"not both" in done.stderr
