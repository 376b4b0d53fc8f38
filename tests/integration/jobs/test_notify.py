"""Notifications of real jobs through every channel; none of them changes the job."""

import hmac
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT, World

pytestmark = pytest.mark.sandbox
JOB = CHECKOUT / "tools" / "zephyr_job"
ERROR = "echo 'a.c:1:10: fatal error: zlib.h: No such file or directory' >&2; exit 3"
PATIENCE_S = 60.0


def text_of(path: Path) -> str:
    """Wait until a file has a whole line; return its text."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if path.exists() and (text := path.read_text()).endswith("\n"):
            return text
        time.sleep(0.05)
    raise AssertionError(f"nothing arrived in {path}")


def notified(world: World, job: str) -> list[dict[str, str]]:
    """Return what the host recorded of a job's notifications, once it did."""
    folder = world.root / "demo" / ".sygaldry" / "jobs"
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        lines = [line for path in folder.glob(f"{job}-*.host.jsonl") for line in path.read_text().splitlines()]
        if found := [record for line in lines if (record := json.loads(line))["event"] == "notified"]:
            return found
        time.sleep(0.05)
    raise AssertionError("no notification was recorded")


def test_a_command_gets_the_status_and_the_cause_of_a_failure(sandbox: World, tmp_path: Path) -> None:
    target = tmp_path / "message"
    option = f"--notify=command:cat >{target}.new; mv {target}.new {target}"
    started = sandbox.run("run", "--project-id", "demo", "--job", "n", option, "--", ERROR, program=JOB)
    assert started.returncode == 0, started.stderr
    status, cause = text_of(target).splitlines()
    assert status.startswith("FAILED job=n ")
    assert cause.startswith("cause: a.c:1:10: fatal error: zlib.h")
    assert [each["on"] for each in notified(sandbox, "n")] == ["failed"]
    inside = next((sandbox.root / "demo" / "bazel_cache" / "zephyr_jobs").glob("n-*Z/*.spec.json"))
    assert "notify" not in json.loads(inside.read_text()), "the job cannot read where its messages go"


def test_a_success_is_notified_and_a_broken_channel_harms_nothing(sandbox: World, tmp_path: Path) -> None:
    target = tmp_path / "message"
    options = ("--notify", "command:exit 7", "--notify", f"command:cat >{target}")
    sandbox.run("run", "--project-id", "demo", "--job", "d", *options, "--", "true", program=JOB)
    assert text_of(target).startswith("DONE job=d ")
    assert sandbox.run("wait", "--project-id", "demo", "d", program=JOB).returncode == 0
    assert "ended with 7" in notified(sandbox, "d")[0]["why"]


def test_secrets_of_the_caller_are_masked(sandbox: World, tmp_path: Path) -> None:
    target = tmp_path / "message"
    command = "echo 'fatal: unable to access: token hunter2-secret was refused'; exit 1"
    option = f"--notify=command:cat >{target}"
    words = ("run", "--project-id", "demo", "--job", "s", option, "--", command)
    sandbox.run(*words, program=JOB, MY_API_TOKEN="hunter2-secret")
    assert "hunter2" not in text_of(target)


def test_mail_and_desktop_go_through_their_programs(sandbox: World, tmp_path: Path) -> None:
    for name in ("sendmail", "notify-send"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >{tmp_path}/{name}.argv\ncat >{tmp_path}/{name}.input\n')
        program.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    options = ("--notify", "mail:me@example.org", "--notify", "desktop")
    sandbox.run("run", "--project-id", "demo", "--job", "m", *options, "--", "true", program=JOB, PATH=path)
    assert text_of(tmp_path / "sendmail.argv").splitlines() == ["-i", "--", "me@example.org"]
    assert "Subject: [sygaldry] job m done" in text_of(tmp_path / "sendmail.input")
    assert "job m done" in text_of(tmp_path / "notify-send.argv")


class Hook:
    """A server that refuses the first request."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.arrived = threading.Event()

    @contextmanager
    def serving(self) -> Iterator[int]:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.requests.append((dict(self.headers), body))
                is_first = len(hook.requests) == 1
                self.send_response(503 if is_first else 204)
                self.end_headers()
                if not is_first:
                    hook.arrived.set()

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def test_a_webhook_is_signed_and_repeated_until_the_server_takes_it(sandbox: World, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("key\n")
    hook = Hook()
    with hook.serving() as port:
        option = f"--notify=webhook:http://127.0.0.1:{port}/x,secret-file={secret}"
        sandbox.run("run", "--project-id", "demo", "--job", "h", option, "--", ERROR, program=JOB)
        assert hook.arrived.wait(PATIENCE_S)
    headers, body = hook.requests[-1]
    assert json.loads(body)["state"] == "FAILED"
    expected = hmac.new(b"key", f"{headers['X-Sygaldry-Timestamp']}.".encode() + body, sha256).hexdigest()
    assert headers["X-Sygaldry-Signature"] == f"sha256={expected}"


def test_a_stall_is_notified_while_the_job_runs(sandbox: World, tmp_path: Path) -> None:
    target = tmp_path / "message"
    options = ("--stall", "1", f"--notify=command:cat >>{target}")
    sandbox.run("run", "--project-id", "demo", "--job", "q", *options, "--", "sleep", "600", program=JOB)
    assert text_of(target).startswith("PROGRESS job=q ")
    assert notified(sandbox, "q")[0]["on"] == "stalled"
    sandbox.run("stop", "--project-id", "demo", "q", program=JOB)


def test_the_end_of_a_job_whose_sandbox_was_killed_is_notified(sandbox: World, tmp_path: Path) -> None:
    target = tmp_path / "message"
    option = f"--notify=command:cat >{target}"
    sandbox.run("run", "--project-id", "demo", "--job", "k", option, "--", "sleep", "4711", program=JOB)
    sandbox.run("wait", "--project-id", "demo", "k", "--on", "phase", "--timeout", "1", program=JOB)
    for pid in processes_of(sandbox, "k-"):
        os.kill(pid, signal.SIGKILL)
    text = text_of(target)
    assert text.startswith("FAILED job=k "), text


def processes_of(world: World, text: str) -> list[int]:
    """Return the processes of a job of this world, except those that notify: they have the same command line."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                line = (folder / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if str(world.root) in line and text in line and "zephyr_jobs" in line:
                found.append(int(folder.name))
    return found


def test_an_unknown_channel_is_refused_before_anything_starts(sandbox: World) -> None:
    refused = sandbox.run(
        "run", "--project-id", "demo", "--job", "u", "--notify", "pigeon:x", "--", "true", program=JOB
    )
    assert refused.returncode == 2
    assert "there is no channel 'pigeon'" in refused.stderr
    assert sandbox.run("status", "--project-id", "demo", "u", program=JOB).returncode == 5


def test_a_channel_is_tried_out_on_an_ended_job(sandbox: World) -> None:
    sandbox.run("run", "--project-id", "demo", "--job", "t", "--wait", "60", "--", "true", program=JOB)
    tried = sandbox.run("notify", "--project-id", "demo", "t", "--notify", "command:cat >&2; exit 9", program=JOB)
    assert tried.returncode == 1
    assert "command: sh ended with 9" in tried.stdout
