"""The real Bazel: skipped, with the reason, where there is none."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.integration.conftest import World
from tests.integration.docker.conftest import engine

__all__ = ["engine"]

# Debian's package; its /usr/bin/bazel only looks for the version that a project names.
_PLACES = ("/usr/bin/bazel-4", "/usr/local/bin/bazel", "/usr/bin/bazel")


@pytest.fixture(scope="session")
def real_bazel() -> str:
    """Return the path of a Bazel that the sandbox shows; SYGALDRY_TEST_BAZEL names another one."""
    named = os.environ.get("SYGALDRY_TEST_BAZEL", "")
    found = next((path for path in (named, *_PLACES) if path and shutil.which(path)), "")
    if not found:
        pytest.skip("no Bazel here: apt-get install bazel-bootstrap, or set SYGALDRY_TEST_BAZEL")
    return found


@pytest.fixture
def bazel_world(new_world: Callable[..., World], real_bazel: str) -> World:
    """Give a world whose runtime is the sandbox and which names the Bazel."""
    return new_world(SYGALDRY_RUNTIME="sandbox", SYGALDRY_ENV=f"BAZEL_REAL={real_bazel}")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Give a workspace with one target that takes a moment."""
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "WORKSPACE").write_text('workspace(name = "small")\n')
    (folder / "BUILD").write_text('genrule(name = "g", outs = ["g.txt"], cmd = "sleep 1; echo hi > $@")\n')
    return folder
