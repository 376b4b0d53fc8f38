"""A stranger on a machine with nothing but Debian, Python and a package mirror types one command."""

import subprocess
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT
from tests.integration.docker.conftest import Engine

pytestmark = [pytest.mark.docker, pytest.mark.network, pytest.mark.slow]

_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
_SCRIPT = """
set -e
apt-get -qq update >/dev/null
apt-get -qq install -y --no-install-recommends python3 >/dev/null 2>&1
python3 -c 'import ensurepip' 2>/dev/null && exit 99
python3 -m pip --version >/dev/null 2>&1 && exit 98
mkdir /clone
tar -x -C /clone
cd /clone
./container/launch_container.sh -- sh -c 'echo ok; id -un'
./container/launch_container.sh -q -- sh -c 'exit 37' || echo $?
"""


def test_debian_and_python_are_enough(engine: Engine) -> None:
    # What bubblewrap needs of an outer container; a machine of one's own has it.
    freedom = ["--security-opt=seccomp=unconfined", "--security-opt=systempaths=unconfined", "--cap-add=SYS_ADMIN"]
    bundle = [f"--volume={_BUNDLE}:{_BUNDLE}:ro", f"--env=SSL_CERT_FILE={_BUNDLE}", f"--env=PIP_CERT={_BUNDLE}"]
    argv = ["docker", "run", "--rm", "--interactive", *freedom, *bundle, engine.base, "bash", "-c", _SCRIPT]
    names = ("container", "tools", "src", "locks", "pyproject.toml")
    clone = ["tar", "-C", str(CHECKOUT), "-c", "--exclude=__pycache__", *names]
    archive = subprocess.run(clone, capture_output=True, check=True).stdout
    done = subprocess.run(argv, input=archive, capture_output=True, check=False, timeout=300)
    assert done.stdout.decode() == "ok\nkvothe\n37\n", done.stderr.decode()
    told = done.stderr.decode()
    assert "setting up its Python environment in /clone/.venv, once" in told
    assert "runtime sandbox (docker: no docker client is installed; podman: no podman is installed" in told
