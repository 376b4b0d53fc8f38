"""Signals that the caller ignores, as nohup makes it, change neither the tests nor what a job's command gets."""

import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT, World

IGNORED = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM, signal.SIGPIPE)


def ignoring(*argv: str, cwd: Path, env: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """Run a program with signals ignored from its start, by a small program that becomes it."""
    ignore = f"for number in {[int(each) for each in IGNORED]}: signal.signal(number, signal.SIG_IGN)"
    lead = f"import os, signal, sys\n{ignore}\nos.execv(sys.argv[1], sys.argv[1:])"
    words = [sys.executable, "-I", "-c", lead, *argv]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=120, cwd=cwd, env=env)


def test_the_tests_start_with_signals_as_a_terminal_leaves_them() -> None:
    code = "import tests.conftest, signal; print([signal.getsignal(n) for n in (2, 1, 3)])"
    done = ignoring(sys.executable, "-c", code, cwd=CHECKOUT)
    assert "SIG_IGN" not in done.stdout
    assert "default_int_handler" in done.stdout, done.stderr


@pytest.mark.sandbox
def test_a_job_started_with_signals_ignored_has_none_ignored(new_world: Callable[..., World], tmp_path: Path) -> None:
    world: World = new_world(SYGALDRY_RUNTIME="sandbox", SYGALDRY_PROJECT_ID="demo")
    job = str(CHECKOUT / "tools" / "zephyr_job")
    words = ("run", "--job", "signals", "--wait", "60", "--", "grep", "SigIgn", "/proc/self/status")
    done = ignoring(job, *words, env=world.environment(), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    printed = world.run("tail", "signals", program=Path(job)).stdout
    mask = int(printed.split()[1], 16)
    assert [each for each in IGNORED if mask & (1 << (each - 1))] == []
