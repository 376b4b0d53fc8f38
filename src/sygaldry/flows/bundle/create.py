"""Make a bundle: store every file by its digest, and write the index last."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sygaldry import __version__
from sygaldry.bundle.index import FILE, INSTALLER, BundledFile, Index, format_index, is_inside
from sygaldry.config.resolve import Resolved
from sygaldry.flows.bundle import sources
from sygaldry.flows.bundle.build_caches import build_caches
from sygaldry.flows.bundle.downloads import Kept, artifact_sources, debian_sources
from sygaldry.flows.bundle.file import load_index
from sygaldry.flows.bundle.python_wheels import failure_hint, wheel_folders
from sygaldry.flows.bundle.sources import Source
from sygaldry.flows.image.archives import archives_for
from sygaldry.flows.image.saved import save_command
from sygaldry.flows.image.state import state_of
from sygaldry.flows.image.which_engine import engine_name
from sygaldry.flows.lock.check import require_lock
from sygaldry.flows.lock.file import load_lock, lock_path
from sygaldry.flows.lock.locked_image import require_locked_image
from sygaldry.flows.storage.project import find_storage
from sygaldry.host import contents, files
from sygaldry.host.programs import python_with_pip
from sygaldry.host.run import run
from sygaldry.layout import layout
from sygaldry.lockfile.lock import CONTENT
from sygaldry.model.errors import BundleError, ImageError
from sygaldry.model.machine import Machine
from sygaldry.model.report import Json, Report
from sygaldry.model.sizes import human

_INSTALLER_PROGRAM: Final = Path(__file__).with_name("installer_program.py")
_LOCK: Final = ".lock"
_SCRATCH: Final = ".scratch-"


@dataclass(frozen=True)
class BundleRequest:
    """What goes into a bundle, and how it is split."""

    folder: Path
    part_bytes: int
    base: Path | None = None  # an older bundle that the other side has
    build_cache: Path | None = None
    source_mirror: Path | None = None
    with_image: bool = True
    with_wheels: bool = True
    with_debian: bool = False
    with_artifacts: bool = False
    python_locks: tuple[str, ...] = ()  # paths of the lock; `all` is every one
    mirrors: Mapping[str, str] = field(default_factory=dict)  # other addresses of the mirrors `debian`


def bundle_create(
    request: BundleRequest,
    resolved: Resolved,
    machine: Machine,
    workspace: str,
    report_progress: Callable[[str], None],
) -> Report:
    """Write a bundle of the locked environment. Raises BundleError, and StorageError when the disk is full.

    Raises LockError where the project is not what is locked any more, and ImageError where the image is another one.

    A bundle that was interrupted is continued: contents that are there are kept, and there is no index before the end.
    """
    folder = request.folder
    folder.mkdir(parents=True, exist_ok=True)
    have = frozenset(load_index(request.base).contents()) if request.base else frozenset()
    with files.locked(folder / _LOCK, wait=False) as held:
        if held is None:
            raise BundleError(f"another process makes a bundle in {folder}", hint="wait for it, or name another folder")
        for left in (*folder.glob(f"{_SCRATCH}*"), *folder.glob(".draft.*")):  # of a bundle that was killed
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        (folder / FILE).unlink(missing_ok=True)
        (folder / f"{FILE}.sig").unlink(missing_ok=True)
        with TemporaryDirectory(dir=folder, prefix=_SCRATCH) as scratch:
            lock = require_lock(resolved, workspace)
            if request.with_image and not any(CONTENT in each.facts for each in lock.of("image").values()):
                report_progress("warning: the lock does not fix the image, which was not built then: sygaldry lock")
            found = _sources(request, resolved, machine, workspace, Path(scratch))
            bundled = tuple(_stored(folder, found, request.part_bytes, have, report_progress))
        index = Index(__version__, os.uname().machine, request.part_bytes, bundled)
        files.replace(folder / INSTALLER, _INSTALLER_PROGRAM.read_text(encoding="utf-8"), 0o644)
        files.replace(folder / FILE, format_index(index), 0o644)
    return created_report(folder, index, have)


def _sources(
    request: BundleRequest, resolved: Resolved, machine: Machine, workspace: str, scratch: Path
) -> Iterator[Source]:
    path = lock_path(workspace)
    lock = load_lock(path)
    yield from sources.file_source("lock", "", Path(path))
    yield from sources.file_source("installer", "", _INSTALLER_PROGRAM, INSTALLER)
    if request.with_wheels:
        yield from _wheels(scratch / "wheels")
    if request.with_image:
        yield from _image(resolved, machine, workspace, scratch / "image.tar")
    hub = Path(find_storage(resolved, workspace).storage.at("hf_cache", "hub"))
    yield from sources.model_sources(hub, lock)
    for cache in [request.build_cache] if request.build_cache else build_caches(resolved, workspace, lock):
        yield from sources.folder_sources("buildcache", "", cache)
    if request.source_mirror:
        yield from sources.folder_sources("source", "", request.source_mirror)
    kept = Kept(request.folder, request.part_bytes, load_index(request.base) if request.base else None)
    if request.python_locks:
        for folder in wheel_folders(request.python_locks, resolved, workspace, lock, scratch / "python"):
            yield from sources.folder_sources("python", "", folder)
    if request.with_artifacts:
        yield from artifact_sources(resolved, lock, kept, scratch)
    if request.with_debian:
        archives = archives_for(resolved, request.mirrors.get("debian", ""))
        yield from debian_sources(lock, archives, kept, scratch)


def _wheels(folder: Path) -> Iterator[Source]:
    if not layout().checkout:
        raise BundleError(
            "an installed Sygaldry does not have its own source", hint="create the bundle in a checkout, or --no-wheels"
        )
    folder.mkdir()
    for command in sources.wheel_commands(python_with_pip(), folder):
        done = run(command)
        if not done.ok:
            hint = failure_hint(done, "is the index reachable?")
            raise BundleError(f"the wheels cannot be gathered: {done.last_line}", hint=hint)
    yield from sources.folder_sources("wheel", "", folder)


def _image(resolved: Resolved, machine: Machine, workspace: str, archive: Path) -> Iterator[Source]:
    state = state_of(resolved.settings, engine_name(resolved, machine), machine)
    if state.image is None or not state.usable:
        raise ImageError(f"the image {state.name} is not ready: {state.reasons[0]}", hint="sygaldry image build")
    require_locked_image(workspace, state.engine.name, state.name, machine)
    done = run(save_command(state.engine.name, state.name, archive))
    if not done.ok:
        raise BundleError(f"the image cannot be saved: {done.last_line}", hint=f"is the disk full? df -h {archive}")
    yield from sources.image_sources(state.name, archive)
    archive.unlink()


def _stored(
    folder: Path,
    found: Iterable[Source],
    part_bytes: int,
    have: frozenset[str],
    report_progress: Callable[[str], None],
) -> Iterator[BundledFile]:
    group = ""
    for each in found:
        if (name := f"{each.kind} {each.group}".strip()) != group:
            group = name
            report_progress(f"bundling {group}")
        if not is_inside(each.path):
            raise BundleError(f"{each.path!r} leads outside of its folder", hint="remove it, and try again")
        if each.known is not None:
            sha256, size = each.known
            yield BundledFile(each.kind, each.group, each.path, size, sha256)
            continue
        if each.stream is None:
            yield BundledFile(each.kind, each.group, each.path, 0, "", each.link)
            continue
        sha256, size = contents.store(folder, each.stream, part_bytes, have)
        if each.sha256 not in ("", sha256):
            raise BundleError(
                f"a layer of {each.group} has the digest {sha256}, and its configuration names {each.sha256}",
                hint="the engine's storage is damaged; build the image again: sygaldry image build --force",
            )
        yield BundledFile(each.kind, each.group, each.path, size, sha256)


def created_report(folder: Path, index: Index, have: frozenset[str]) -> Report:
    """Report a bundle: what it holds, and how much of it an older one had already."""
    stored = {name: size for name, size in index.contents().items() if name not in have}
    total = sum(stored.values())
    counts = Counter(each.kind for each in index.files)
    what = ", ".join(f"{number} {kind} files" for kind, number in counts.items())
    shared = len(index.contents()) - len(stored)
    older = f"; {shared} contents are in the older bundle" if shared else ""
    lines = (
        f"{folder}: {human(total)} ({what}{older})",
        f"on the other machine: python3 {folder}/{INSTALLER}, then: sygaldry bundle apply {folder}",
    )
    data: dict[str, Json] = {"folder": str(folder), "bytes": total, "files": dict(counts), "shared": shared}
    return Report(data, lines)
