"""The live view in a real terminal, and what make offers for the long builds."""

import os
import re
import subprocess

import pexpect
import pytest
from tests.integration.conftest import CHECKOUT, World

pytestmark = pytest.mark.sandbox
JOB = CHECKOUT / "tools" / "zephyr_job"
BUILD = (
    "for i in 1 2 3 4 5 6; do echo \"[$i/60] Building $i.o\"; sleep 0.5; done; echo 'a.c:1:1: error: no such thing'; "
    "sleep 2; exit 2"
)


def screen(world: World, *words: str) -> tuple[str, int]:
    """Run a verb in a terminal until it ends; return all that it ever showed, without its escape sequences."""
    child = pexpect.spawn(
        str(JOB), list(words), env=world.environment(TERM="xterm"), encoding="utf-8", dimensions=(24, 100), timeout=60
    )
    child.expect(pexpect.EOF)
    child.close()
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", child.before or ""), child.exitstatus


def test_the_view_shows_progress_then_the_first_error_and_the_end(sandbox: World) -> None:
    sandbox.run("run", "--project-id", "demo", "--job", "w", "--", "sh", "-c", BUILD, program=JOB)
    shown, code = screen(sandbox, "watch", "--project-id", "demo", "w")
    assert code == 1
    assert re.search(r"PROGRESS +up \d+s +\d/60 +time left unknown", shown), "a few units of 60 show no pace"
    assert re.search(r"│ build Building \d\.o", shown), "the step has a row of its own under the bar"
    assert "first error: a.c:1:1: error: no such thing" in shown
    assert "FAILED" in shown
    assert "why: sygaldry job explain --job w" in shown


def test_ctrl_c_leaves_the_job_alone(sandbox: World) -> None:
    sandbox.run("run", "--project-id", "demo", "--job", "c", "--", "sleep", "600", program=JOB)
    child = pexpect.spawn(
        str(JOB), ["watch", "--project-id", "demo", "c"], env=sandbox.environment(TERM="xterm"), encoding="utf-8"
    )
    child.expect("PROGRESS", timeout=30)
    child.sendintr()
    child.expect(pexpect.EOF, timeout=30)
    child.close()
    status = sandbox.run("status", "--project-id", "demo", "c", program=JOB)
    assert "PROGRESS " in status.stdout
    sandbox.run("stop", "--project-id", "demo", "c", program=JOB)


def test_make_tells_follows_and_stops_a_job(sandbox: World) -> None:
    def make(*words: str) -> "subprocess.CompletedProcess[str]":
        variables = sandbox.environment(SYGALDRY_PROJECT_ID="demo")
        return subprocess.run(
            ["make", "--silent", *words], cwd=CHECKOUT, env=variables, capture_output=True, text=True, check=False
        )

    sandbox.run("run", "--project-id", "demo", "--job", "m", "--", "sh", "-c", "echo one; echo two", program=JOB)
    assert make("logs", "JOB=m").stdout == "one\ntwo\n"
    assert make("status", "JOB=m").stdout.startswith("DONE ")
    sandbox.run("run", "--project-id", "demo", "--job", "n", "--", "sleep", "600", program=JOB)
    assert " state=STOPPED " in make("stop", "JOB=n").stdout
    assert {"build-zephyr", "logs", "status", "watch"} <= {line.split("\t")[0] for line in make().stdout.splitlines()}


@pytest.fixture(autouse=True)
def _no_make_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run make as a person does, not as a part of another make."""
    for name in [name for name in os.environ if name.startswith("MAKE")]:
        monkeypatch.delenv(name)
