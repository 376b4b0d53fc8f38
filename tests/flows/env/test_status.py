"""What `env status` says of the committed environments, of copies of them, and of processes that build for nobody."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sygaldry.config.resolve import Resolved
from sygaldry.config.settings import Settings
from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.lock import env_lock_check
from sygaldry.flows.env.orphans import orphans
from sygaldry.flows.env.status import env_status
from sygaldry.model.errors import LockError, NotFoundError

ROOT = Path(__file__).parents[3]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The real environment where it may be spoiled."""
    return Path(shutil.copytree(ROOT / "pkg" / "zephyr", tmp_path / "zephyr"))


def resolved(tmp_path: Path) -> Resolved:
    nothing = str(tmp_path / "nothing")
    return Resolved(Settings(spack_root=nothing, spack_recipes=nothing, spack_store=str(tmp_path / "store")))


@pytest.mark.parametrize("name", ["zephyr", "zephyr-cuda13", "torch_cuda"])
def test_the_committed_environments_are_in_sync(name: str, tmp_path: Path) -> None:
    report = env_status(str(ROOT / "pkg" / name), resolved(tmp_path), tmp_path)
    assert report.exit_code == 0
    assert report.lines[0].startswith("in sync: ")


def test_an_edited_source_is_behind_and_says_what_to_type(copy: Path, tmp_path: Path) -> None:
    source = copy / "spack_src.yaml"
    source.write_text(source.read_text().replace("  - ninja\n", "  - ninja@1.13\n"))
    report = env_status(str(copy), resolved(tmp_path), tmp_path)
    assert report.exit_code == 1
    assert report.lines[0].startswith("behind: source")
    assert f"type: sygaldry env lock {copy}" in report.lines[1]
    check = env_lock_check(str(copy), resolved(tmp_path), tmp_path)
    assert (check.exit_code, check.lines[1:]) == (1, ("  + ninja@1.13", "  - ninja"))


def test_a_comment_is_no_change(copy: Path, tmp_path: Path) -> None:
    source = copy / "spack_src.yaml"
    source.write_text("# another\n" + source.read_text())
    assert env_lock_check(str(copy), resolved(tmp_path), tmp_path).exit_code == 0


def test_another_lock_than_the_one_described_is_behind(copy: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / "pkg" / "torch_cuda" / "spack.lock", copy)
    report = env_status(str(copy), resolved(tmp_path), tmp_path)
    assert (report.exit_code, report.lines[0].startswith("behind: lock")) == (1, True)


def test_a_damaged_or_missing_lock_and_no_environment_at_all_are_errors(copy: Path, tmp_path: Path) -> None:
    lock = copy / "spack.lock"
    lock.write_text(lock.read_text()[:1000])
    with pytest.raises(LockError, match="ends in the middle"):
        env_status(str(copy), resolved(tmp_path), tmp_path)
    lock.unlink()
    with pytest.raises(NotFoundError) as caught:
        env_status(str(copy), resolved(tmp_path), tmp_path)
    assert "sygaldry env lock" in caught.value.hint
    with pytest.raises(NotFoundError, match="is not a Spack environment"):
        env_status(str(tmp_path), resolved(tmp_path), tmp_path)


def test_a_process_in_a_stage_whose_session_has_no_leader_builds_for_nobody(tmp_path: Path) -> None:
    environment = Environment(ROOT / "pkg" / "zephyr", tmp_path)
    (ninja,) = environment.lock.named("ninja")
    stage = tmp_path / "store" / "stage" / "me" / f"spack-stage-{ninja.directory}" / "spack-src"
    stage.mkdir(parents=True)
    for pid, session in ((41, 40), (42, 7), (43, 43)):
        process = tmp_path / "proc" / str(pid)
        process.mkdir(parents=True)
        (process / "cwd").symlink_to(stage)
        (process / "stat").write_text(f"{pid} (a) b) S 1 1 {session} 0")
    (tmp_path / "proc" / "7").mkdir()
    (found,) = orphans(environment, Store(tmp_path / "store"), tmp_path / "proc")
    assert (found.pid, found.package) == (41, ninja.label)
    assert "kill 41" in found.describe()
