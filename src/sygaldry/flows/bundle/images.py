"""The images of a bundle: proved to be what their documents say, and put together as archives."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from sygaldry.bundle.index import BundledFile, Index
from sygaldry.flows.bundle.file import BundleReader
from sygaldry.image.oci.archive import MARKER, check_archive
from sygaldry.model.errors import ImageError, StorageError

SCRATCH: Final = ".bundle-"


def image_names(index: Index) -> tuple[str, ...]:
    """Return the names of the images."""
    return tuple(dict.fromkeys(each.group for each in index.of("image")))


def image_problems(bundle: BundleReader) -> tuple[str, ...]:
    """Return what is wrong with the images; their contents must have been checked.

    Bundles of earlier versions hold the engine's own archive, of which only the contents are known.
    """
    named = ((name, _problem(bundle, name)) for name in image_names(bundle.index))
    return tuple(f"the image {name}: {problem}" for name, problem in named if problem)


def _problem(bundle: BundleReader, name: str) -> str:
    listed = _members(bundle.index, name)
    members = {each.path: each for each in listed}
    if MARKER not in members:
        return ""
    if len(members) != len(listed) or any(each.is_link for each in listed):
        return "a path is named twice, or is a link"
    blobs = {each.path: (each.sha256, each.size) for each in listed}
    try:
        check_archive(name, blobs, lambda path: bundle.read(members[path]))
    except ImageError as error:
        return error.problem
    return ""


def write_archive(bundle: BundleReader, name: str, target: Path) -> None:
    """Write an image as an archive. Raises BundleError or StorageError, and leaves no half of one."""
    try:
        with TemporaryDirectory(dir=target.parent, prefix=SCRATCH) as scratch:
            draft = Path(scratch, "image.tar")
            with tarfile.open(draft, "w") as tar:
                for folder in _folders(_members(bundle.index, name)):
                    tar.addfile(folder)
                for each in _members(bundle.index, name):
                    _add(bundle, each, tar, Path(scratch, "member"))
            draft.replace(target)
    except OSError as error:
        raise StorageError(f"cannot write {target}: {error.strerror}", hint="is the disk full? df -h") from error


def _members(index: Index, name: str) -> tuple[BundledFile, ...]:
    return tuple(each for each in index.of("image") if each.group == name)


def _folders(members: tuple[BundledFile, ...]) -> Iterator[tarfile.TarInfo]:
    """Yield the folders above the files, the upper ones first: Apptainer makes none that an archive leaves out."""
    for path in sorted({str(above) for each in members for above in PurePosixPath(each.path).parents} - {"."}):
        folder = tarfile.TarInfo(path)
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        yield folder


def _add(bundle: BundleReader, file: BundledFile, tar: tarfile.TarFile, draft: Path) -> None:
    member = tarfile.TarInfo(file.path)
    member.mode = 0o644
    if file.is_link:
        member.type, member.linkname = tarfile.SYMTYPE, file.link
        tar.addfile(member)
        return
    member.size = file.size
    with draft.open("w+b") as stream:
        bundle.copy(file, stream)
        stream.seek(0)
        tar.addfile(member, stream)
    draft.unlink()
