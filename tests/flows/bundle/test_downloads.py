"""Debian archives and downloads come from a mirror on the loopback, each against its digest."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sygaldry.bundle.index import FILE
from sygaldry.config.resolve import Layer, Resolved, resolve
from sygaldry.flows.bundle.apply import ApplyRequest, bundle_apply
from sygaldry.flows.bundle.create import BundleRequest, bundle_create
from sygaldry.flows.bundle.file import load_index
from sygaldry.flows.bundle.verify import bundle_verify
from sygaldry.flows.image.mirror import debian_architecture
from sygaldry.flows.lock.check import lock_check
from sygaldry.flows.lock.debian_archives import keep_archives
from sygaldry.flows.lock.file import load_lock, lock_path, write_lock
from sygaldry.flows.lock.make import lock_project
from sygaldry.lockfile.lock import ARCHIVE, Entry, sorted_lock
from sygaldry.model.errors import BundleError, SygaldryError
from sygaldry.model.machine import Machine

MACHINE = Machine(1000, 1000)
PART_BYTES = 2**20
DEB, DOWNLOAD = b"an archive " * 1000, b"a program " * 1000


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Print nothing."""


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Serve a mirror with one package, and one download by its name."""
    root = tmp_path / "mirror"
    folder = root / "dists" / "bookworm" / "main" / f"binary-{debian_architecture()}"
    folder.mkdir(parents=True)
    (root / "pool").mkdir()
    (root / "pool" / "hello.deb").write_bytes(DEB)
    (root / "bazel-6.4.0-linux-x86_64").write_bytes(DOWNLOAD)
    facts = f"Filename: pool/hello.deb\nSize: {len(DEB)}\nSHA256: {sha256(DEB).hexdigest()}"
    body = gzip.compress(f"Package: hello\nVersion: 1:2.10-3\nArchitecture: all\n{facts}\n".encode())
    (folder / "Packages.gz").write_bytes(body)
    name = f"main/binary-{debian_architecture()}/Packages.gz"
    release = f"Codename: bookworm\nSHA256:\n {sha256(body).hexdigest()} {len(body)} {name}\n"
    (root / "dists" / "bookworm" / "Release").write_text(release)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root)))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", root
    server.shutdown()
    server.server_close()


def settings(tmp_path: Path, side: str, address: str, **more: str) -> Resolved:
    given = {
        **more,
        "storage_root": str(tmp_path / side),
        "project_id": "p",
        "runtime": "sandbox",
        "frozen": True,  # its locks are written by hand
        "base_image": "sygaldry/base:bookworm",
        "toolchains": ("bazel",),
        "artifact_mirror": address,
    }
    return resolve(Layer(given, dict.fromkeys(given, "test")))


def locked(tmp_path: Path, resolved: Resolved, *entries: Entry) -> str:
    workspace = str(tmp_path / "work")
    Path(workspace).mkdir(exist_ok=True)
    lock_project(resolved, MACHINE, workspace, (), ask_engine=False)
    lock = load_lock(lock_path(workspace))
    write_lock(lock_path(workspace), sorted_lock("1", [*(e for e in lock.entries if e.kind != "artifact"), *entries]))
    return workspace


def entries(version: str = "1:2.10-3", **facts: str) -> tuple[Entry, Entry]:
    pin = {"sha256": sha256(DOWNLOAD).hexdigest(), "url": "https://publisher/bazel-6.4.0-linux-x86_64"}
    return Entry("debian", "hello:all", {"version": version, **facts}), Entry("artifact", "bazel 6.4.0 any", pin)


def created(tmp_path: Path, resolved: Resolved, workspace: str, address: str, name: str = "out", **more: Any) -> Path:
    request = BundleRequest(
        tmp_path / name, PART_BYTES, with_image=False, with_wheels=False, with_debian=True, with_artifacts=True,
        mirrors={"debian": address}, **more,
    )  # fmt: skip
    bundle_create(request, resolved, MACHINE, workspace, lambda _: None)
    return request.folder


def test_packages_and_downloads_arrive_and_are_not_fetched_twice(tmp_path: Path, mirror: tuple[str, Path]) -> None:
    address, root = mirror
    resolved = settings(tmp_path, "here", address)
    workspace = locked(tmp_path, resolved, *entries())
    bundle = created(tmp_path, resolved, workspace, address)
    assert bundle_verify(bundle, None, lambda _: None).exit_code == 0
    (root / "pool" / "hello.deb").unlink()
    again = created(tmp_path, resolved, workspace, address)
    assert {each.kind for each in load_index(again).files} == {"lock", "installer", "artifact", "debian"}
    (root / "bazel-6.4.0-linux-x86_64").unlink()
    newer = created(tmp_path, resolved, workspace, address, "newer", base=bundle)
    there = settings(tmp_path, "there", address)
    bundle_apply(ApplyRequest(newer, bundle), there, MACHINE, workspace, lambda _: None)
    shared = tmp_path / "there" / "bundle"
    assert (shared / "debian" / "hello_1%3a2.10-3_all.deb").read_bytes() == DEB
    assert "Filename: ./hello_1%3a2.10-3_all.deb\n" in (shared / "debian" / "Packages").read_text()
    assert (shared / "artifacts" / "bazel-6.4.0-linux-x86_64").read_bytes() == DOWNLOAD


def test_a_version_that_is_gone_is_named_and_there_is_no_bundle(tmp_path: Path, mirror: tuple[str, Path]) -> None:
    address, _ = mirror
    resolved = settings(tmp_path, "here", address)
    workspace = locked(tmp_path, resolved, *entries("1:2.10-2"))
    with pytest.raises(BundleError, match=r"no longer has hello 1:2\.10-2") as caught:
        created(tmp_path, resolved, workspace, address)
    assert "snapshot" in caught.value.hint
    assert not (tmp_path / "out" / FILE).exists()


def test_archives_are_locked_kept_and_demanded(tmp_path: Path, mirror: tuple[str, Path]) -> None:
    address, root = mirror
    resolved = settings(tmp_path, "here", address, base_mirror=address)
    known = lock_project(resolved, MACHINE, locked(tmp_path, resolved), (), ask_engine=False)
    assert known.exit_code == 0
    image = load_lock(lock_path(str(tmp_path / "work"))).entries[0]
    workspace = locked(tmp_path, resolved, image, *entries(), Entry("debian", "gone:all", {"version": "1"}))

    report = lock_project(resolved, MACHINE, workspace, (), ask_engine=False, ask_mirror=True)
    assert "no archive of 1 Debian packages" in report.notes[-1]
    packages = load_lock(lock_path(workspace)).of("debian")
    assert packages["hello:all"].facts[ARCHIVE] == sha256(DEB).hexdigest()
    assert ARCHIVE not in packages["gone:all"].facts
    lock_project(resolved, MACHINE, workspace, (), ask_engine=False)
    assert load_lock(lock_path(workspace)).of("debian") == packages, "no mirror is asked, and nothing is lost"
    new = keep_archives(
        [Entry("debian", "hello:all", {"version": each}) for each in ("1:2.10-3", "2")], load_lock(lock_path(workspace))
    )
    assert [ARCHIVE in each.facts for each in new] == [True, False]
    assert lock_check(resolved, workspace).exit_code == 0

    workspace = locked(tmp_path, resolved, image, *entries(archive="0" * 64))
    with pytest.raises(BundleError, match=r"no longer has the locked archive of hello 1:2\.10-3"):
        created(tmp_path, resolved, workspace, address)
    (root / "dists" / "bookworm" / "Release").unlink()
    with pytest.raises(SygaldryError):
        lock_project(resolved, MACHINE, workspace, (), ask_engine=False, ask_mirror=True)


@pytest.mark.parametrize("file", ["pool/hello.deb", "bazel-6.4.0-linux-x86_64"])
def test_a_mirror_that_lies_is_refused(tmp_path: Path, mirror: tuple[str, Path], file: str) -> None:
    address, root = mirror
    resolved = settings(tmp_path, "here", address)
    workspace = locked(tmp_path, resolved, *entries())
    (root / file).write_bytes(b"something else")
    with pytest.raises(SygaldryError, match="has the SHA-256"):
        created(tmp_path, resolved, workspace, address)
    assert not (tmp_path / "out" / FILE).exists()
    assert not list((tmp_path / "out").glob(".scratch-*"))


def test_what_a_killed_process_left_is_removed_and_two_at_once_are_refused(
    tmp_path: Path, mirror: tuple[str, Path]
) -> None:
    from sygaldry.host import files

    address, _ = mirror
    resolved = settings(tmp_path, "here", address)
    workspace = locked(tmp_path, resolved, *entries())
    out = tmp_path / "out"
    (out / ".scratch-old").mkdir(parents=True)
    (out / ".draft.1.00000").write_text("half")
    with files.locked(out / ".lock"), pytest.raises(BundleError, match="another process"):
        created(tmp_path, resolved, workspace, address)
    created(tmp_path, resolved, workspace, address)
    assert not [each for each in out.iterdir() if each.name.startswith((".scratch", ".draft"))]


def test_an_altered_installer_is_named(tmp_path: Path, mirror: tuple[str, Path]) -> None:
    address, _ = mirror
    resolved = settings(tmp_path, "here", address)
    workspace = locked(tmp_path, resolved, *entries())
    bundle = created(tmp_path, resolved, workspace, address)
    (bundle / "install.py").write_text("import os\n")
    report = bundle_verify(bundle, None, lambda _: None)
    assert (report.lines, report.exit_code) == (("install.py is not the one of the bundle",), 1)
    with pytest.raises(BundleError, match=r"install\.py is not"):
        bundle_apply(ApplyRequest(bundle), settings(tmp_path, "there", address), MACHINE, workspace, lambda _: None)
    assert not (tmp_path / "there").exists()
