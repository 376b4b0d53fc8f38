"""The supervisor runs with the oldest Python that an image may bring, 3.8, also where no such Python is for a test."""

import ast
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT

PROGRAMS = sorted((CHECKOUT / "src" / "sygaldry" / "supervisor").glob("*.py"))
# Of newer versions, by https://docs.python.org/3/whatsnew/: what such programs are likely to use.
NEWER = frozenset({
    "removeprefix", "removesuffix", "pidfd_open", "waitstatus_to_exitcode", "randbytes", "bit_count", "pairwise",
    "batched", "unshare", "setns", "login_tty", "EventLoop", "is_relative_to", "readlink_to",
})  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.name)
def test_it_is_written_for_python_3_8(program: Path) -> None:
    tree = ast.parse(program.read_text(), feature_version=(3, 8))
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert names.isdisjoint(NEWER)
