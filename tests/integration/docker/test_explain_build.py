"""The real output of a failing image build is explained by the failing step's own error, whatever the builder."""

import os
import subprocess
from pathlib import Path

import pytest
from tests.integration.conftest import SYGALDRY
from tests.integration.docker.conftest import Engine, with_buildkit

pytestmark = pytest.mark.docker
_STAGES = """\
FROM {base} AS base
RUN ls /no-cache-here || echo 'error: no cache, which is fine'
FROM base AS tools
RUN echo 'fatal error: this line is only printed'
FROM base AS program
RUN echo compiling; cat main.c | wc -c; . ./settings.sh; echo not reached
FROM base
COPY --from=tools /etc/hostname /a
COPY --from=program /etc/hostname /b
"""


def failing_build(folder: Path, base: str, *, builder: str) -> str:
    """Build an image in which the second stage fails; return all that was printed."""
    (folder / "Dockerfile").write_text(_STAGES.format(base=base))
    command = "docker build --no-cache ."
    words = ["script", "-qec", command, "/dev/null"] if builder == "terminal" else ["sh", "-c", command]
    path = os.environ["PATH"] if builder == "legacy" else f"{with_buildkit()}:{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(folder), "DOCKER_BUILDKIT": str(int(builder != "legacy"))}
    done = subprocess.run(
        words,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode != 0, done.stdout
    return done.stdout


def explained(log: str, home: Path) -> str:
    """Pipe a log into the program."""
    words = [str(SYGALDRY), "job", "explain", "--log", "-", "--rc", "1"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    return subprocess.run(words, input=log, capture_output=True, text=True, check=True, env=environment).stdout


@pytest.mark.parametrize("builder", ["legacy", "plain", "terminal"])
def test_the_error_of_the_step_is_the_headline(engine: Engine, tmp_path: Path, builder: str) -> None:
    log = failing_build(tmp_path, engine.base, builder=builder)
    answer = explained(log, tmp_path)
    headline = answer.partition("\n")[0]
    assert "settings.sh" in headline, (log, answer)
    assert "failed to solve" not in headline
    assert "only printed" not in answer
