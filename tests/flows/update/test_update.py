"""An update asks publishers, shows what it would write, and writes only when asked to."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from sygaldry.config.resolve import Layer, Resolved, resolve
from sygaldry.flows.image.mirror import debian_architecture, mirror_packages
from sygaldry.flows.image.pins import load_user_pins
from sygaldry.flows.lock.check import lock_check
from sygaldry.flows.lock.file import load_lock, lock_path, write_lock
from sygaldry.flows.lock.make import lock_project
from sygaldry.flows.update.apply import planned, write
from sygaldry.flows.update.base import base_answer
from sygaldry.flows.update.edits import replace_text, set_setting
from sygaldry.flows.update.models import models_answer
from sygaldry.flows.update.proposal import Edit, Proposal
from sygaldry.flows.update.request import LockedProject, UpdateRequest, parse_sources
from sygaldry.flows.update.toolchains import Network, release_answer
from sygaldry.image.base import Archive
from sygaldry.lockfile.lock import Entry, sorted_lock
from sygaldry.model.errors import ImageError, MachineNotReadyError, SettingError, StorageError, UsageError
from sygaldry.model.machine import Machine

DIGEST = "d" * 64
OLD, NEW = "1" * 40, "2" * 40


def settings(tmp_path: Path, **values: object) -> Resolved:
    given = {"storage_root": str(tmp_path / "storage"), "project_id": "p", **values}
    return resolve(Layer(given, dict.fromkeys(given, "test")))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LockedProject:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    workspace = tmp_path / "work"
    workspace.mkdir()
    resolved = settings(tmp_path, toolchains=("bazel", "go"), base_image="sygaldry/base:bookworm")
    lock_project(resolved, Machine(1000, 1000), str(workspace), (), ask_engine=False)
    return LockedProject(resolved, str(workspace), load_lock(lock_path(str(workspace))))


def bazel(version: str) -> bytes:
    assets = [
        {
            "name": f"bazel-{version}-linux-{arch}",
            "browser_download_url": f"https://x/{arch}",
            "digest": f"sha256:{DIGEST}",
        }
        for arch in ("x86_64", "arm64")
    ]
    return json.dumps([{"tag_name": version, "assets": assets}]).encode()


def no_digest(url: str) -> str:
    raise AssertionError(url)


def test_a_newer_toolchain_is_proposed_and_written_with_its_pin(project: LockedProject) -> None:
    def fetch(url: str, _: int) -> bytes:
        if "bazel" in url:
            return bazel("6.5.0")
        raise MachineNotReadyError(f"{url} cannot be reached")

    answer = release_answer("toolchains", UpdateRequest(), project, Network(fetch, no_digest))
    assert [(each.name, each.old, each.new) for each in answer.proposals] == [("bazel", "6.4.0", "6.5.0")]
    assert answer.problem.startswith("go: "), "one publisher that is silent does not hide the others"
    assert answer.proposals[0].remade == ("image steps: bazel",)
    plan = planned(answer.proposals)
    toml = Path(project.workspace, "sygaldry.toml")
    assert not toml.exists(), "a plan writes nothing"
    assert any('+bazel_version = "6.5.0"' in each.diff() for each in plan)
    assert len(list(write(plan))) == 2
    assert toml.read_text() == 'bazel_version = "6.5.0"\n'
    assert load_user_pins()["bazel"]["6.5.0"]["aarch64"]["sha256"] == DIGEST


def test_a_file_that_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "uv.lock"
    path.write_text("old\n")
    plan = planned([Proposal("wheels", "uv.lock", "", "", edits=(Edit(str(path), replace_text("old\n", "new\n")),))])
    path.write_text("somebody's\n")
    with pytest.raises(StorageError, match="changed meanwhile"):
        list(write(plan))
    assert path.read_text() == "somebody's\n"


def test_a_setting_is_replaced_in_place_and_nothing_else_changes() -> None:
    change = set_setting("base_image", "a:1")
    assert change("") == 'base_image = "a:1"\n'
    assert change('# mine\nbase_image = "b"  # why\nquiet = true\n') == '# mine\nbase_image = "a:1"\nquiet = true\n'
    assert change('quiet = true\n\n[notify]\nbase_image = "x"\n') == (
        'quiet = true\nbase_image = "a:1"\n\n[notify]\nbase_image = "x"\n'
    )
    with pytest.raises(SettingError, match="cannot be set"):
        change('text = """\nbase_image = "inside"\n"""\n')


def test_a_newer_revision_of_a_model_changes_its_entry_of_the_lock(
    project: LockedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    entry = Entry("huggingface", "model:o/n", {"revision": OLD, "file w.bin": "a" * 64, "file gone": "b" * 40})
    path = lock_path(project.workspace)
    write_lock(path, sorted_lock("1", (*project.lock.entries, entry)))
    asked: list[tuple[str, Mapping[str, str]]] = []

    def ask(url: str, _: int, headers: Mapping[str, str]) -> bytes:
        asked.append((url, headers))
        files = [{"rfilename": "w.bin", "lfs": {"sha256": "c" * 64}, "blobId": "e" * 40}]
        return json.dumps({"sha": NEW, "siblings": files}).encode()

    answer = models_answer(project.workspace, load_lock(path), "http://127.0.0.1:1", ask)
    (proposal,) = answer.proposals
    assert (proposal.old, proposal.new, proposal.details) == (OLD, NEW, ("gone changes", "w.bin changes"))
    assert asked[0] == (
        "http://127.0.0.1:1/api/models/o/n/revision/main?blobs=true", {"Authorization": "Bearer secret"}
    )  # fmt: skip
    list(write(planned([proposal])))
    assert load_lock(path).of("huggingface")["model:o/n"].facts == {"revision": NEW, "file w.bin": "c" * 64}
    assert lock_check(project.resolved, project.workspace).exit_code == 0


@pytest.mark.parametrize("body", [b"", b"[]", b'{"sha": "main", "siblings": []}', b'{"sha": 1}'])
def test_a_hub_that_answers_something_else_is_named(project: LockedProject, body: bytes) -> None:
    lock = sorted_lock("1", [Entry("huggingface", "model:o/n", {"revision": OLD})])
    answer = models_answer(project.workspace, lock, "http://x", lambda *_: body)
    assert answer.problem.startswith("model:o/n: ")
    assert answer.proposals == ()


def mirror(packages: str, *, lies: bool = False) -> dict[str, bytes]:
    body = gzip.compress(packages.encode())
    name = f"main/binary-{debian_architecture()}/Packages.gz"
    digest = hashlib.sha256(b"other" if lies else body).hexdigest()
    release = f"Codename: bookworm\nSHA256:\n {digest} {len(body)} {name}\n"
    return {"http://m/dists/bookworm/Release": release.encode(), f"http://m/dists/bookworm/{name}": body}


def test_newer_debian_packages_are_named(project: LockedProject) -> None:
    from sygaldry.model.errors import NotFoundError

    def paragraph(name: str, version: str) -> str:
        file = f"Filename: pool/{name}.deb\nSize: 1\nSHA256: {DIGEST}"
        return f"Package: {name}\nVersion: {version}\nArchitecture: all\n{file}\n\n"

    pages = mirror(paragraph("libc6", "2.36-9+deb12u13") + paragraph("bash", "5.2-1"))

    def fetch(url: str, _: int) -> bytes:
        if url not in pages:
            raise NotFoundError(url)
        return pages[url]

    locked = (
        Entry("debian", "libc6:amd64", {"version": "2.36-9+deb12u9"}),
        Entry("debian", "bash:amd64", {"version": "5.2-1"}),
        Entry("debian", "gone:all", {"version": "1"}),
    )
    lock = sorted_lock("1", (*project.lock.entries, *locked))
    archives = (Archive("http://m", "bookworm"),)
    answer = base_answer(project.resolved, project.workspace, lock, lambda: archives, fetch)
    (proposal,) = answer.proposals
    assert proposal.details == ("libc6 2.36-9+deb12u9 -> 2.36-9+deb12u13", "the mirror has no gone:all")
    assert proposal.edits == ()
    assert proposal.next.startswith("sygaldry image base bookworm")
    pages |= mirror("x", lies=True)
    with pytest.raises(ImageError, match="not what its Release file names"):
        list(mirror_packages(archives[0], fetch))


def test_a_source_is_a_known_name_and_an_address() -> None:
    assert parse_sources(["bazel=http://127.0.0.1:1/"]) == {"bazel": "http://127.0.0.1:1"}
    for wrong in ("bazel", "cobol=http://x", "go=ftp://x"):
        with pytest.raises(UsageError):
            parse_sources([wrong])
