"""The entrypoint `jupyter`: JupyterLab from uv, with a token, on loopback."""

import re
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from tests.faults.test_launch_sandbox import until
from tests.integration.conftest import LAUNCHER, World

pytestmark = pytest.mark.sandbox


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own loopback
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@pytest.mark.network
@pytest.mark.slow
def test_jupyterlab_answers_to_its_token_alone_and_prints_its_address_once(sandbox: World, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    log = tmp_path / "log"
    publish = ["--publish", f"{port}:8888"] if shutil.which("pasta") else ["--network", "host"]
    inside = [] if shutil.which("pasta") else ["--", "--port", str(port)]
    words = ["-q", *publish, "--workspace", str(tmp_path), "--entrypoint", "jupyter", *inside]
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(LAUNCHER), *words], env=sandbox.environment(), stderr=output, stdout=output, stdin=subprocess.DEVNULL
        )
    try:
        until(lambda: "JupyterLab: http" in log.read_text() or process.poll() is not None, "the address", 300)
        until(lambda: status(f"http://127.0.0.1:{port}/api/kernelspecs") == 403, "the server", 120)
        (token,) = re.findall(rf"http://127\.0\.0\.1:{port}/lab\?token=([0-9a-f]{{48}})", log.read_text())
        assert status(f"http://127.0.0.1:{port}/api/kernelspecs?token={token}") == 200
        assert token not in subprocess.run(["ps", "axww"], capture_output=True, text=True, check=True).stdout
    finally:
        process.terminate()
        process.wait(30)


def test_a_port_that_is_none_is_refused_before_anything_is_installed(sandbox: World) -> None:
    for wrong in ("0", "70000", "x", ""):
        done = sandbox.run("-q", "--entrypoint", "jupyter", "--", f"--port={wrong}")
        assert (done.returncode, done.stdout) == (2, "")
        assert "is not a port" in done.stderr
