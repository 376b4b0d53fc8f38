"""A bundle without an image: made, inspected, damaged, continued, and applied."""

from __future__ import annotations

from pathlib import Path

import pytest

from sygaldry.bundle.index import FILE
from sygaldry.config.resolve import Layer, Resolved, resolve
from sygaldry.flows.bundle.apply import ApplyRequest, bundle_apply
from sygaldry.flows.bundle.create import BundleRequest, bundle_create
from sygaldry.flows.bundle.file import load_index
from sygaldry.flows.bundle.python_wheels import failure_hint
from sygaldry.flows.bundle.verify import bundle_inspect, bundle_verify
from sygaldry.flows.lock.make import lock_project
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import BundleError, LockError, NotFoundError
from sygaldry.model.machine import Machine

MACHINE = Machine(1000, 1000)
REVISION = "0123456789abcdef0123456789abcdef01234567"
BLOB = "c" * 64
PART_BYTES = 2**20


def quiet(_: str) -> None:
    """Report nothing."""


def settings(tmp_path: Path, side: str) -> Resolved:
    given = {"storage_root": str(tmp_path / side), "project_id": "p", "runtime": "sandbox"}
    return resolve(Layer(given, dict.fromkeys(given, "test")))


@pytest.fixture
def workspace(tmp_path: Path) -> str:
    """Make a locked project with a model of three mebibytes."""
    (tmp_path / "work").mkdir()
    folder = tmp_path / "here" / "p" / "hf_cache" / "hub" / "models--o--n"
    (folder / "blobs").mkdir(parents=True)
    (folder / "blobs" / BLOB).write_bytes(b"weights!" * (3 * PART_BYTES // 8))
    (folder / "snapshots" / REVISION).mkdir(parents=True)
    (folder / "snapshots" / REVISION / "w.bin").symlink_to(f"../../blobs/{BLOB}")
    workspace = str(tmp_path / "work")
    lock_project(settings(tmp_path, "here"), MACHINE, workspace, ("model:o/n",), ask_engine=False)
    return workspace


def created(tmp_path: Path, workspace: str, name: str = "out", **more: object) -> Path:
    request = BundleRequest(tmp_path / name, PART_BYTES, with_image=False, with_wheels=False, **more)  # type: ignore[arg-type]
    bundle_create(request, settings(tmp_path, "here"), MACHINE, workspace, quiet)
    return request.folder


def applied(tmp_path: Path, workspace: str, bundle: Path, base: Path | None = None) -> Path:
    bundle_apply(ApplyRequest(bundle, base), settings(tmp_path, "there"), MACHINE, workspace, quiet)
    return tmp_path / "there" / "p" / "hf_cache" / "hub" / "models--o--n" / "snapshots" / REVISION / "w.bin"


def test_a_model_arrives_with_its_links(tmp_path: Path, workspace: str) -> None:
    bundle = created(tmp_path, workspace)
    assert bundle_verify(bundle, None, quiet).exit_code == 0
    assert "model model:o/n: 2 files, 3.0 MiB" in bundle_inspect(bundle).lines
    file = applied(tmp_path, workspace, bundle)
    assert file.is_symlink()
    assert file.read_bytes() == b"weights!" * (3 * PART_BYTES // 8)
    assert applied(tmp_path, workspace, bundle).exists(), "applying it again changes nothing"


@pytest.mark.parametrize("damage", ["truncated", "altered", "missing", "a link"])
def test_a_damaged_part_is_named_and_nothing_is_applied(tmp_path: Path, workspace: str, damage: str) -> None:
    bundle = created(tmp_path, workspace)
    part = next(bundle.glob("blobs/*/*.00001"))
    content = part.read_bytes()
    if damage == "truncated":
        part.write_bytes(content[:-1])
    elif damage == "altered":
        part.write_bytes(content[:-1] + b"?")
    else:
        part.unlink()
        if damage == "a link":
            part.symlink_to("/etc/passwd")
    report = bundle_verify(bundle, None, quiet)
    assert report.exit_code == 1
    assert part.name.partition(".")[0] in report.lines[0]
    with pytest.raises(BundleError, match="is incomplete"):
        applied(tmp_path, workspace, bundle)
    assert not (tmp_path / "there").exists()


def test_an_interrupted_bundle_has_no_index_and_continues(
    tmp_path: Path, workspace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> tuple[str, int]:
        raise BundleError("interrupted")

    with monkeypatch.context() as patch:
        patch.setattr("sygaldry.flows.bundle.create.contents.store", full)
        with pytest.raises(BundleError, match="interrupted"):
            created(tmp_path, workspace)
    with pytest.raises(NotFoundError):
        load_index(tmp_path / "out")
    assert not list((tmp_path / "out").rglob("*.draft*"))
    assert applied(tmp_path, workspace, created(tmp_path, workspace)).exists()


def test_a_newer_bundle_leaves_out_what_the_older_one_has(tmp_path: Path, workspace: str) -> None:
    older = created(tmp_path, workspace, "older")
    newer = created(tmp_path, workspace, "newer", base=older)
    assert not list(newer.glob("blobs/*/*"))
    assert bundle_verify(newer, None, quiet).exit_code == 1
    assert bundle_verify(newer, older, quiet).exit_code == 0
    with pytest.raises(BundleError, match="is incomplete"):
        applied(tmp_path, workspace, newer)
    assert applied(tmp_path, workspace, newer, older).exists()


def test_a_bundle_of_another_lock_or_machine_is_refused(tmp_path: Path, workspace: str) -> None:
    bundle = created(tmp_path, workspace)
    lock = Path(workspace, "sygaldry.lock")
    text = lock.read_text()
    lock.write_text(text.replace("w.bin", "v.bin"))
    with pytest.raises(BundleError, match="is another lock"):
        applied(tmp_path, workspace, bundle)
    lock.write_text(text)
    index = bundle / FILE
    index.write_text(index.read_text().replace('"architecture": "', '"architecture": "not-'))
    with pytest.raises(BundleError, match="is for not-"):
        applied(tmp_path, workspace, bundle)
    assert not (tmp_path / "there").exists()


def test_a_project_that_is_not_the_locked_one_any_more_is_not_bundled(tmp_path: Path, workspace: str) -> None:
    Path(workspace, "uv.lock").write_text("version = 1\n")
    with pytest.raises(LockError, match=r"python uv\.lock added"):
        created(tmp_path, workspace)
    assert not (tmp_path / "out" / "index.json").exists()


def test_a_full_disk_is_not_taken_for_an_absent_index() -> None:
    full = Completed(Command(("pip", "download")), 1, err="ERROR: [Errno 28] No space left on device\n")
    assert "df -h" in failure_hint(full, "is the index reachable?")
    assert failure_hint(Completed(full.command, 1), "is the index reachable?") == "is the index reachable?"


def test_a_model_that_is_locked_and_gone_is_named(tmp_path: Path, workspace: str) -> None:
    (tmp_path / "here" / "p" / "hf_cache" / "hub" / "models--o--n").rename(tmp_path / "elsewhere")
    with pytest.raises(BundleError, match="model:o/n is locked"):
        created(tmp_path, workspace)
    assert not (tmp_path / "out" / FILE).exists()


def test_a_link_out_of_the_place_is_not_followed(tmp_path: Path, workspace: str) -> None:
    bundle = created(tmp_path, workspace)
    hub = tmp_path / "there" / "p" / "hf_cache" / "hub"
    hub.mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (hub / "models--o--n").symlink_to(tmp_path / "outside")
    with pytest.raises(BundleError, match="leads out of"):
        applied(tmp_path, workspace, bundle)
    assert not list((tmp_path / "outside").iterdir())
