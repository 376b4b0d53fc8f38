"""News fragments are such that a release gathers all of them."""

import subprocess
import sys

from tests.integration.conftest import CHECKOUT

_KINDS = ("added", "changed", "fixed", "security")


def test_every_fragment_says_its_kind() -> None:
    names = {path.name for path in (CHECKOUT / "changes").iterdir()} - {"README.md", "template.md"}
    assert [name for name in names if name.split(".")[1:] not in [[kind, "md"] for kind in _KINDS]] == []


def test_a_release_would_gather_every_fragment() -> None:
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "9.9.9", "--date", "2000-01-01"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    for path in (CHECKOUT / "changes").glob("*.*.md"):
        assert path.read_text().split("\n")[0][:60].lstrip("- ") in done.stdout, path.name
