"""What the documents tell people to type works.

In a Markdown file, a fence marked `sh run` is executed: each line in the checkout, in a storage of its own, in the
sandbox. A backslash at the end continues a line. A comment `# -> text` after a line says what it prints on stdout,
`# exit N` how it ends.
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT, World

_FENCE = re.compile(r"^```sh run\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One line to type and what is promised of it."""

    line: str
    out: tuple[str, ...] = ()
    code: int = 0


def documents() -> list[Path]:
    """List every Markdown file of the project that has something to run."""
    patterns = ("*.md", "container/*.md", "docs/**/*.md", "skills/**/*.md", "pkg/**/*.md")
    paths = sorted({path for pattern in patterns for path in CHECKOUT.glob(pattern)})
    return [path for path in paths if _FENCE.search(path.read_text())]


def steps(text: str) -> Iterator[Step]:
    """Read the steps of a document in their order."""
    current: Step | None = None
    blocks = (block.replace("\\\n", " ") for block in _FENCE.findall(text))
    for line in (line for block in blocks for line in block.splitlines() if line.strip()):
        if line.startswith("# -> ") and current:
            current = Step(current.line, (*current.out, line.removeprefix("# -> ")), current.code)
        elif line.startswith("# exit ") and current:
            current = Step(current.line, current.out, int(line.removeprefix("# exit ")))
        elif not line.startswith("#"):
            if current:
                yield current
            current = Step(line)
    if current:
        yield current


@pytest.mark.sandbox
@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_the_commands_of_a_document_work(sandbox: World, document: Path) -> None:
    for step in steps(document.read_text()):
        done = subprocess.run(
            ["bash", "-c", step.line],
            cwd=CHECKOUT,
            env=sandbox.environment(),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=300,
            check=False,
        )
        assert done.returncode == step.code, f"{step.line}\n{done.stdout}{done.stderr}"
        if step.out:
            assert done.stdout.splitlines() == list(step.out), step.line
