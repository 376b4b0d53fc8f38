"""Where the files of a bundle come from: the lock, Sygaldry's wheels, an image, models, a build cache."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from sygaldry.flows.lock.hub_cache import repository_folder
from sygaldry.layout import layout
from sygaldry.lockfile.lock import ProjectLock
from sygaldry.model.command import Command
from sygaldry.model.errors import BundleError

_LOCK: Final = "run"  # locks/run.txt holds what Sygaldry itself needs


@dataclass(frozen=True)
class Source:
    """One file on its way into a bundle: a link, or a stream that is read to its end before the next source.

    Without either, its content is in the bundle already, or in the older one that it builds on.
    """

    kind: str
    group: str
    path: str
    stream: BinaryIO | None = None
    link: str = ""
    known: tuple[str, int] | None = None  # SHA-256 and size of a content that the bundle has already


def file_source(kind: str, group: str, file: Path, path: str = "") -> Iterator[Source]:
    """Yield one file."""
    with file.open("rb") as stream:
        yield Source(kind, group, path or file.name, stream)


def folder_sources(kind: str, group: str, folder: Path) -> Iterator[Source]:
    """Yield every file and every link of a folder that stays inside of it, sorted."""
    for below, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            file = Path(below, name)
            path = str(file.relative_to(folder))
            if file.is_symlink():
                yield Source(kind, group, path, link=str(file.readlink()))
            elif file.is_file():
                yield from file_source(kind, group, file, path)


def image_sources(name: str, archive: Path) -> Iterator[Source]:
    """Yield the members of an archive that an engine saved; equal layers of two images are stored once."""
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.issym() or member.islnk():
                folder = member.name.rpartition("/")[0]
                link = member.linkname if member.issym() else os.path.relpath(member.linkname, folder or ".")
                yield Source("image", name, member.name, link=link)
            elif member.isfile():
                stream = tar.extractfile(member)
                assert stream is not None, "a regular member has content"  # noqa: S101 - what isfile promises
                yield Source("image", name, member.name, cast("BinaryIO", stream))


def model_sources(hub: Path, lock: ProjectLock) -> Iterator[Source]:
    """Yield the cache folder of each model and dataset that the lock keeps."""
    for name in lock.of("huggingface"):
        folder = repository_folder(hub, name)
        if not folder.is_dir():
            raise BundleError(f"{name} is locked, and not in {hub}", hint="download it first, or lock without it")
        for each in folder_sources("model", name, folder):
            yield Source(each.kind, each.group, f"{folder.name}/{each.path}", each.stream, each.link)


def wheel_commands(python: str, folder: Path) -> tuple[Command, ...]:
    """Format the commands that gather Sygaldry's own wheel and the wheels of what it needs."""
    checkout = layout().checkout
    requirements = f"{checkout}/locks/{_LOCK}.txt"
    pip = (python, "-m", "pip", "--disable-pip-version-check", "--quiet")
    return (
        Command((*pip, "wheel", "--no-deps", "--wheel-dir", str(folder), checkout)),
        Command((
            *pip, "download", "--only-binary", ":all:", "--require-hashes", "--dest", str(folder), "-r", requirements,
        )),
    )  # fmt: skip
