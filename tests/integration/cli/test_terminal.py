"""What a terminal gets and a pipe does not: colours of states, and the bar of a build."""

import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.integration.conftest import SYGALDRY, World


def at_terminal(world: World, *words: str, **more: str) -> str:
    """Run the command line at a terminal and return what it shows."""
    ours, theirs = pty.openpty()
    kept = {name: text for name, text in world.environment(TERM="xterm").items() if name != "NO_COLOR"}
    environment = {**kept, **more}
    shown = b""
    with subprocess.Popen([str(SYGALDRY), *words], env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as done:
        os.close(theirs)
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
        done.wait(timeout=60)
    os.close(ours)
    return shown.decode("utf-8", "replace")


def test_states_are_coloured_at_a_terminal_and_the_caller_decides(new_world: Callable[..., World]) -> None:
    world = new_world(SYGALDRY_RUNTIME="sandbox")
    assert "\x1b[32mok\x1b[0m " in at_terminal(world, "doctor")
    assert "\x1b[" not in at_terminal(world, "doctor", "--color", "never")
    assert "\x1b[" not in at_terminal(world, "doctor", NO_COLOR="1")
    assert "\x1b[" not in world.sygaldry("doctor").stdout
    assert "\x1b[32mok\x1b[0m " in world.sygaldry("doctor", "--color", "always").stdout


def test_jobs_and_environments_have_colours_too(new_world: Callable[..., World], tmp_path: Path) -> None:
    world = new_world(SYGALDRY_RUNTIME="sandbox", SYGALDRY_COLOR="always")
    assert "\x1b[" not in world.sygaldry("job", "list").stdout, "a sentence has no state"
    folder = tmp_path / "env"
    folder.mkdir()
    shipped = SYGALDRY.parents[1] / "pkg" / "zephyr"
    for name in ("spack_src.yaml", "spack.lock", "sygaldry.lock.json"):
        (folder / name).write_text((shipped / name).read_text())
    assert "\x1b[32mok\x1b[0m" in world.sygaldry("env", "status", str(folder)).stdout
