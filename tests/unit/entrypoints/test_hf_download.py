"""Under a locked launch, hf-download takes the revision of the project's lock and no other."""

from argparse import Namespace
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

_FOLDER = Path(__file__).resolve().parents[3] / "container" / "python"
REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Load the program."""
    monkeypatch.syspath_prepend(str(_FOLDER))
    return import_module("hf_download")


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "sygaldry.lock"
    path.write_text(f'version = 1\n[huggingface."model:o/n"]\nrevision = "{REVISION}"\n')
    return path


def test_the_locked_revision_is_chosen(program: ModuleType, lock: Path) -> None:
    arguments = Namespace(model="o/n", dataset=None, revision=None)
    assert program.use_locked_revision(arguments, lock) == ""
    assert arguments.revision == REVISION


def test_another_revision_and_what_is_not_locked_are_refused(program: ModuleType, lock: Path) -> None:
    other = Namespace(model="o/n", dataset=None, revision="main")
    assert f"locked to revision {REVISION}" in program.use_locked_revision(other, lock)
    for name, path in (("o/m", lock), ("o/n", lock.with_name("absent"))):
        unknown = Namespace(model=name, dataset=None, revision=None)
        assert "names no model:" in program.use_locked_revision(unknown, path)
    lock.write_text("<<<<<<< ours\n")
    assert "names no" in program.use_locked_revision(Namespace(model="o/n", dataset=None, revision=None), lock)
