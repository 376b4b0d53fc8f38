"""Ports, variables, folders, names and limits, honoured by a real Docker engine."""

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.integration.conftest import LAUNCHER, World
from tests.integration.docker.conftest import docker

pytestmark = pytest.mark.docker
_PATIENCE_S = 30.0
# A base image without toolchains has perl, but no python3.
_SERVER = """
use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalPort => 8000, Listen => 5, ReuseAddr => 1) or die $!;
while (my $client = $server->accept) { print $client "HTTP/1.0 200 OK\\r\\n\\r\\nhello"; close $client; }
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(answer: Callable[[], str | bool], what: str) -> str | bool:
    """Poll until an answer is true."""
    deadline = time.monotonic() + _PATIENCE_S
    while not (found := answer()):
        assert time.monotonic() < deadline, f"still waiting for: {what}"
        time.sleep(0.1)
    return found


def get(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def test_a_published_port_answers_on_loopback_and_a_second_launch_is_told(docker_world: World) -> None:
    port = free_port()
    name = f"daily-publish-{os.getpid()}"
    words = ["-q", "--publish", f"{port}:8000", "--name", name, "--log-driver", "json-file", "--cpus", "1"]
    command = [str(LAUNCHER), *words, "--", "perl", "-e", f"$| = 1; print qq(up\\n); {_SERVER}"]
    launched = subprocess.Popen(
        command, env=docker_world.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        assert until(lambda: get(port), "the server inside to answer") == "hello"
        facts = json.loads(docker("inspect", name).stdout)[0]
        assert facts["HostConfig"]["PortBindings"] == {"8000/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(port)}]}
        assert facts["HostConfig"]["NanoCpus"] == 10**9
        assert docker("logs", name).stdout == "up\n"
        second = docker_world.run("--publish", f"{port}:8000", "--", "true")
        assert second.returncode == 125
        assert f"port {port} of 127.0.0.1 is in use" in second.stderr
        taken = docker_world.run("-q", "--name", name, "--", "true")
        assert taken.returncode == 125
        assert "already in use" in taken.stderr
        time.sleep(1.5)  # the watcher of the refused launch has looked for its container by now
        assert get(port) == "hello", "a refused name must not remove the container that has it"
    finally:
        launched.terminate()
        launched.wait(_PATIENCE_S)
    until(lambda: not docker("ps", "--all", "--quiet", "--filter", f"name={name}").stdout, "the container to be gone")


def test_an_address_of_another_machine_is_told(docker_world: World) -> None:
    done = docker_world.run("--publish", "192.0.2.1:18099:8000", "--", "true")
    assert done.returncode == 125
    assert "192.0.2.1 is not an address of this machine" in done.stderr


def test_variables_come_from_flags_the_caller_and_files(docker_world: World, tmp_path: Path) -> None:
    path = tmp_path / "env"
    path.write_text("# comment\nTOKEN=hunter2 '\nA=file\n")
    done = docker_world.run(
        "-q", "--env-file", str(path), "-e", "A=1,2", "--env", "MINE", "--", "sh", "-c", 'echo "$A|$MINE|$TOKEN"',
        MINE="caller's",
    )  # fmt: skip
    assert done.stdout == "1,2|caller's|hunter2 '\n", done.stderr


def test_the_callers_folder_is_kept_by_launches_and_jobs(docker_world: World, tmp_path: Path) -> None:
    sub = tmp_path / "work" / "sub"
    sub.mkdir(parents=True)
    environment = docker_world.environment(SYGALDRY_WORKSPACE=str(tmp_path / "work"))
    done = subprocess.run(
        [str(LAUNCHER), "-q", "--", "pwd"], cwd=sub, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == "/workspace/sub\n", done.stderr
