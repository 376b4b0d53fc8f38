"""The published fault matrix is what the tests are called; a fault without a test is not in it."""

import ast
import os
from pathlib import Path

from tests.integration.conftest import CHECKOUT

PAGE = CHECKOUT / "docs" / "reference" / "fault-matrix.md"
SOURCES = CHECKOUT / "tests" / "faults" / "jobs"
CLUSTER = CHECKOUT / "tests" / "faults" / "slurm"
HEAD = """# Fault matrix of jobs

Each line is a test, run with every change: `tools/check -s tests -- tests/faults/jobs`.
In each case the state is right, the exit code is known or reported as unknown, and the log is complete unless the
line says otherwise.
"""
CLUSTER_HEAD = """## On a Slurm cluster

With a real cluster of three nodes on one machine: `tools/check -s tests -- tests/faults/slurm`.
In each case a state is true or UNKNOWN. The nodes share one kernel, so that locks are visible on all of them; a login
host that is another machine has a boot ID of its own, sees no lock, and sees files through a FUSE with old caches.
"""


def page() -> str:
    """Write the page from the names of the tests."""
    return "\n".join([HEAD, *_lines(SOURCES), CLUSTER_HEAD, *_lines(CLUSTER, "###")])


def _lines(folder: Path, level: str = "##") -> list[str]:
    """Write a heading a file and a line a test."""
    lines = []
    for source in sorted(folder.glob("test_*.py")):
        tree = ast.parse(source.read_text())
        heading, _, more = (ast.get_docstring(tree) or "").partition("\n")
        names = [each.name for each in tree.body if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")]
        lines += [f"{level} {heading.rstrip('.')}\n", *([f"{more.strip()}\n"] if more.strip() else [])]
        lines += [*(f"- {_sentence(name)}" for name in names), ""]
    return lines


def _sentence(name: str) -> str:
    words = name.removeprefix("test_").replace("_", " ").replace(" utf8", " UTF-8").replace("nul bytes", "NUL bytes")
    return words[0].upper() + words[1:]


def test_the_fault_matrix_is_up_to_date() -> None:
    if os.environ.get("SYGALDRY_WRITE"):
        Path(PAGE).write_text(page())
    again = "make it anew: SYGALDRY_WRITE=1 tools/check -s tests -- tests/docs/test_fault_matrix.py"
    assert PAGE.read_text() == page(), again
