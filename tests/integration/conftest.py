"""What integration tests share: the checkout and a way to run its commands in a world of their own."""

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
LAUNCHER = CHECKOUT / "container" / "launch_container.sh"
SYGALDRY = CHECKOUT / "tools" / "sygaldry"


@dataclass(frozen=True)
class World:
    """A storage root and an environment in which commands of the checkout run."""

    root: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 300.0

    def environment(self, **more: str) -> dict[str, str]:
        """Return the caller's environment without his settings, with ours."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith("SYGALDRY_")}
        for agent in ("CLAUDECODE", "OPENCODE_CLIENT", "AI_AGENT"):
            kept.pop(agent, None)
        return {**kept, "SYGALDRY_STORAGE_ROOT": str(self.root), **self.variables, **more}

    def run(
        self, *words: str, program: Path = LAUNCHER, stdin: str | bytes | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of the checkout to its end."""
        text = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [str(program), *words],
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            env=self.environment(**more),
            timeout=self.timeout_s,
            check=False,
        )
        decoded = (done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
        return subprocess.CompletedProcess(done.args, done.returncode, *decoded)

    def sygaldry(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the command line."""
        return self.run(*words, program=SYGALDRY, **more)


@pytest.fixture(scope="session", autouse=True)
def _own_python() -> None:
    """Make the Python environment of the checkout, as its first command does, which says so on standard error."""
    subprocess.run([str(SYGALDRY), "--version"], capture_output=True, timeout=300, check=True)


@pytest.fixture
def new_world(tmp_path: Path) -> Callable[..., World]:
    """Make worlds whose variables a test chooses."""
    return lambda **variables: World(tmp_path / "storage", variables)
