"""The real server in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.integration.conftest import CHECKOUT, World

PROGRAM = [sys.executable, "-m", "sygaldry", "dashboard", "--no-browser"]


@contextmanager
def serving(world: World, *words: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Run the server until the block ends; yields it and the line that it printed."""
    with subprocess.Popen(
        [*PROGRAM, *words],
        env=world.environment(PYTHONPATH=str(CHECKOUT / "src")),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        try:
            assert server.stdout
            yield server, server.stdout.readline().strip()
        finally:
            server.kill()
