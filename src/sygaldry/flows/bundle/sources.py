"""Where the files of a bundle come from: the lock, Sygaldry's wheels, an image, models, a build cache."""

from __future__ import annotations

import gzip
import os
import re
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO, RawIOBase
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from sygaldry.flows.lock.hub_cache import repository_folder
from sygaldry.image.oci.archive import archive_documents, blob_path, layer_of
from sygaldry.image.saved import manifest_of, member_of, opened
from sygaldry.layout import layout
from sygaldry.lockfile.lock import ProjectLock
from sygaldry.model.command import Command
from sygaldry.model.errors import BundleError, ImageError

_LOCK: Final = "run"  # locks/run.txt holds what Sygaldry itself needs
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_GZIP: Final = b"\x1f\x8b"


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
    sha256: str = ""  # what the content must have


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
    """Yield the files of an OCI layout of the image that an engine saved; equal layers of two images are stored once.

    A layer must be the one of the configuration of the image. Raises ImageError for a damaged archive.
    """
    with archive.open("rb") as file, opened(file) as tar:
        manifest, config = manifest_of(tar)
        diff_ids = [str(each) for each in (config.get("rootfs") or {}).get("diff_ids") or ()]
        if len(manifest["Layers"]) != len(diff_ids) or not all(map(_DIGEST.fullmatch, diff_ids)):
            raise ImageError("the layers of the saved image are not those of its configuration", hint="save it again")
        sizes: dict[str, int] = {}
        for member, diff_id in zip(manifest["Layers"], diff_ids, strict=True):
            if diff_id in sizes:
                continue
            layer = _Layer(member_of(tar, member))
            stream = cast("BinaryIO", layer)
            yield Source("image", name, blob_path(diff_id), stream, sha256=diff_id.removeprefix("sha256:"))
            sizes[diff_id] = layer.size
        reference = next(iter(manifest.get("RepoTags") or ()), "")
        layers = [layer_of(each, sizes[each]) for each in diff_ids]
        content = member_of(tar, manifest["Config"]).read()
        for path, text in archive_documents(reference, content, layers).items():
            yield Source("image", name, path, BytesIO(text))


class _Layer(RawIOBase):
    """The archive in a layer, which newer Dockers save compressed. Reading raises ImageError where it is damaged."""

    def __init__(self, saved: IO[bytes]) -> None:
        self.size = 0
        magic = saved.read(len(_GZIP))
        saved.seek(0)
        self._file = gzip.GzipFile(fileobj=saved) if magic == _GZIP else saved

    def read(self, size: int = -1) -> bytes:
        try:
            piece = self._file.read(size)
        except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
            raise ImageError(f"a layer of the saved image cannot be read: {error}", hint="is the disk full?") from error
        self.size += len(piece)
        return piece


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
