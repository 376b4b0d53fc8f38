"""Apply a bundle: check everything first, then load the image and put models and build cache in their places."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sygaldry.bundle.index import BundledFile, Index
from sygaldry.config.resolve import Resolved
from sygaldry.flows.bundle.file import BundleReader, load_index
from sygaldry.flows.bundle.images import SCRATCH, image_names, write_archive
from sygaldry.flows.bundle.verify import check_signature, find_problems
from sygaldry.flows.env.environment import Store, bundled_mirror, find_store
from sygaldry.flows.image.which_engine import engine_name
from sygaldry.flows.lock.file import lock_path
from sygaldry.flows.storage.project import find_storage, prepare_storage
from sygaldry.host import files
from sygaldry.host.engine_lock import engine_lock
from sygaldry.host.run import run
from sygaldry.lockfile.text import LARGEST_BYTES
from sygaldry.model.command import Command
from sygaldry.model.errors import BundleError, StorageError
from sygaldry.model.machine import Machine
from sygaldry.model.report import Json, Report
from sygaldry.model.sizes import human
from sygaldry.model.storage import Storage
from sygaldry.model.workspace import Identity


@dataclass(frozen=True)
class ApplyRequest:
    """A bundle, the older one that it builds on, and how its signature is checked."""

    folder: Path
    base: Path | None = None
    signers: Path | None = None
    identity: str = ""
    image_archive: Path | None = None  # write the image there, and load it into no engine


def bundle_apply(
    request: ApplyRequest,
    resolved: Resolved,
    machine: Machine,
    workspace: str,
    report_progress: Callable[[str], None],
) -> Report:
    """Apply a bundle. Raises BundleError before anything is changed, if anything is wrong with it."""
    if request.signers:
        check_signature(request.folder, request.signers, request.identity)
    index = load_index(request.folder)
    if index.architecture != os.uname().machine:
        raise BundleError(
            f"{request.folder} is for {index.architecture}, and this machine is {os.uname().machine}",
            hint="ask for a bundle made on such a machine",
        )
    bundle = BundleReader(request.folder, request.base, index)
    if problems := find_problems(bundle, report_progress):
        more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
        raise BundleError(f"{request.folder} is incomplete: {problems[0]}{more}", hint="copy these parts again")
    _check_lock(bundle, workspace)
    _check_target(request.image_archive, image_names(index))
    found = find_storage(resolved, workspace)
    prepare_storage(found, Identity(machine.uid, machine.gid, machine.groups))
    root = Path(found.storage.root)
    _require_room(index, root)
    names = image_names(index)
    engine = engine_name(resolved, machine) if names and not request.image_archive else ""
    done: list[str] = []
    with engine_lock(f"bundle-{os.getuid()}", lambda path: report_progress(f"waiting for another apply ({path})")):
        for name in names:
            report_progress(f"loading the image {name}")
            done.append(_image(bundle, name, engine, request.image_archive, root))
        for kind, target in _places(found.storage, find_store(resolved, Path(workspace))).items():
            if listed := index.of(kind):
                report_progress(f"placing {len(listed)} {kind} files")
                _place(bundle, listed, target)
                done.append(f"{kind}: {len(listed)} files in {target}")
    data: dict[str, Json] = {"applied": list(done), "workspace": workspace}
    next_ = "next: sygaldry launch --locked --offline -- true"
    return Report(data, (*done, next_))


def _places(storage: Storage, store: Store) -> dict[str, Path]:
    """Return where the files of each kind go. What containers use lies in folders that they see."""
    shared = Path(storage.root, "bundle")
    return {
        "model": Path(storage.at("hf_cache", "hub")),
        "buildcache": bundled_mirror(store),
        "source": bundled_mirror(store),
        "python": Path(storage.at("bazel_cache", "wheelhouse")),
        "debian": shared / "debian",
        "artifact": shared / "artifacts",
    }


def _require_room(index: Index, root: Path) -> None:
    """Refuse before anything is written if the disk is too small for what the bundle holds."""
    needed, free = sum(index.contents().values()), shutil.disk_usage(root).free
    if needed > free:
        raise StorageError(
            f"{root} has {human(free)} free, and the bundle holds {human(needed)}",
            hint="free some: sygaldry storage gc",
        )


def _check_target(target: Path | None, names: tuple[str, ...]) -> None:
    """Refuse a target that would be overwritten, and a bundle without exactly one image to write there."""
    if target is None:
        return
    if len(names) != 1:
        raise BundleError(f"the bundle holds {len(names)} images, not one", hint="leave --image-archive out")
    if os.path.lexists(target):
        raise StorageError(f"{target} exists already", hint="name another file")
    if not target.parent.is_dir():
        raise StorageError(f"{target.parent} is not a folder", hint="create it, or name another file")


def _check_lock(bundle: BundleReader, workspace: str) -> None:
    """Refuse a bundle of another lock: what it carries would not be what the project expects."""
    path = lock_path(workspace)
    text = files.read_if_there(path, LARGEST_BYTES, follow_links=False)
    if len(bundled := bundle.index.of("lock")) != 1:
        raise BundleError(f"{bundle.folder} holds {len(bundled)} locks, not one", hint="copy the bundle again")
    if text is None:
        raise BundleError(f"there is no {path}", hint="change into the project that the bundle was made for")
    if text != bundle.read(bundled[0]).decode("utf-8", "surrogateescape"):
        raise BundleError(
            f"{path} is another lock than the bundle's", hint="check out the version that the bundle was made for"
        )


def _image(bundle: BundleReader, name: str, engine: str, target: Path | None, root: Path) -> str:
    """Write an image to a target or, if there is none, let the engine load it; returns what was done."""
    if target:
        write_archive(bundle, name, target)
        return f"image {name}: {target}"
    with TemporaryDirectory(dir=root, prefix=SCRATCH) as scratch:
        archive = Path(scratch, "image.tar")
        write_archive(bundle, name, archive)
        done = run(Command((engine, "load", "--input", str(archive))))
    if not done.ok:
        raise BundleError(f"{engine} cannot load the image: {done.last_line}", hint="is its disk full? df -h")
    return f"image {name}"


def _place(bundle: BundleReader, listed: Iterable[BundledFile], target: Path) -> None:
    """Copy files to a draft beside their place, and move them in one by one: a reader never sees half of one."""
    target.mkdir(parents=True, exist_ok=True)
    for left in target.glob(f"{SCRATCH}*"):  # of an apply that was killed
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(dir=target, prefix=SCRATCH) as scratch:
        for number, each in enumerate(listed):
            path = target / each.path
            if not path.parent.resolve().is_relative_to(target.resolve()):
                raise BundleError(f"{path.parent} leads out of {target}", hint="remove the link")
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = Path(scratch, str(number))
            if each.is_link:
                draft.symlink_to(each.link)
            else:
                with draft.open("wb") as stream:
                    bundle.copy(each, stream)
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            draft.replace(path)
