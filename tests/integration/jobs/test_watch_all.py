"""The view of all jobs in a real terminal: list, log, explain, stop, and the terminal after a kill."""

import os
import re
import signal
import sys
import termios
import time
from collections.abc import Iterator

import pexpect
import pytest
from tests.integration.conftest import CHECKOUT, World

pytestmark = pytest.mark.sandbox
JOB = CHECKOUT / "tools" / "zephyr_job"


@pytest.fixture
def view(sandbox: World) -> "Iterator[pexpect.spawn[str]]":
    """Start the view over a failed and a living job."""
    words = ("run", "--project-id", "demo")
    sandbox.run(
        *words, "--job", "bad", "--wait", "60", "--", "echo 'a.c:1:1: error: no such thing'; exit 2", program=JOB
    )
    sandbox.run(*words, "--job", "live", "--", "echo working; sleep 600", program=JOB)
    environment = sandbox.environment(TERM="xterm", PYTHONPATH=str(CHECKOUT / "src"), SYGALDRY_PROJECT_ID="demo")
    child = pexpect.spawn(
        sys.executable,
        ["-m", "sygaldry", "job", "watch"],
        env=environment,
        encoding="utf-8",
        dimensions=(24, 120),
        timeout=60,
        cwd=CHECKOUT,
    )
    yield child
    child.close(force=True)
    sandbox.run("stop", "--project-id", "demo", "live", program=JOB)


def modes(child: "pexpect.spawn[str]") -> tuple[int, bool]:
    """Return the local modes of the terminal, and whether echo is among them."""
    local = termios.tcgetattr(child.child_fd)[3]
    return local, bool(local & termios.ECHO)


def test_jobs_are_listed_read_explained_and_stopped(view: "pexpect.spawn[str]") -> None:
    view.expect("live")
    view.expect("bad")
    view.send("\r")
    view.expect("log of live")
    view.expect("working")
    view.send("q")
    view.send("j")
    view.send("e")
    view.expect("explain of bad")
    view.expect("no such thing")
    view.send("q")
    view.send("k")
    view.send("s")
    view.expect("stop job live")
    view.send("y")
    view.expect("STOPPED")
    view.send("q")
    view.expect(pexpect.EOF)
    view.close()
    assert view.exitstatus == 0
    assert "\x1b[?1049l" in str(view.before)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_the_terminal_is_restored_after_a_kill(view: "pexpect.spawn[str]", number: signal.Signals) -> None:
    view.expect("live")
    until = time.monotonic() + 60
    while modes(view)[1] and time.monotonic() < until:
        time.sleep(0.02)
    assert not modes(view)[1], "keys are not echoed in the view"
    os.kill(view.pid, number)
    while not modes(view)[1] and time.monotonic() < until:
        time.sleep(0.02)
    assert modes(view)[1]
    view.expect(re.escape("\x1b[?1049l"))


def test_without_a_terminal_the_list_is_printed_once(sandbox: World) -> None:
    sandbox.run("run", "--project-id", "demo", "--job", "one", "--wait", "60", "--", "true", program=JOB)
    done = sandbox.run("watch", "--project-id", "demo", program=JOB)
    assert (done.returncode, done.stdout.split()[:2]) == (0, ["DONE", "one"])
