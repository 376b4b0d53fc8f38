"""The content of an OCI layout on disk: blobs under their digests."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, Final

from sygaldry.image.oci.documents import LAYER, LAYOUT_FILES, Blob, Descriptor, described, index

_PIECE: Final = 1 << 20
_LEVEL: Final = 4  # of gzip: a third of the time of level 6, for 2 % of the size


class Layout:
    """An OCI layout that is being written."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        self.blobs = self.folder / "blobs" / "sha256"
        self.blobs.mkdir(parents=True)

    def path(self, digest: str) -> Path:
        """Return the place of a blob."""
        return self.blobs / digest.removeprefix("sha256:")

    def add(self, media_type: str, content: bytes, artifact_type: str = "") -> Descriptor:
        """Write a small document."""
        found = described(media_type, content, artifact_type=artifact_type)
        self.path(found.digest).write_bytes(content)
        return found

    def add_layer(self, write: Callable[[IO[bytes]], None], step: str) -> Blob:
        """Compress what `write` writes; equal archives have equal bytes."""
        draft = self.blobs / ".draft"
        try:
            with draft.open("wb") as raw:
                outer = _Digest(raw)
                with gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=outer, mtime=0) as packed:
                    inner = _Digest(packed)
                    write(inner)  # type: ignore[arg-type]  # what an archive needs of a file
            digest = f"sha256:{outer.digest.hexdigest()}"
            os.replace(draft, self.path(digest))
        finally:
            with suppress(FileNotFoundError):
                draft.unlink()
        return Blob(Descriptor(LAYER, digest, outer.size), f"sha256:{inner.digest.hexdigest()}", step)

    def finish(self, descriptors: tuple[Descriptor, ...]) -> None:
        """Write the index, by which the layout is complete."""
        for name, content in LAYOUT_FILES.items():
            (self.folder / name).write_bytes(content)
        (self.folder / "index.json").write_bytes(index(descriptors))


class _Digest:
    """A file that is only written, with the digest and the size of what was written."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile) -> None:
        self.file, self.digest, self.size = file, sha256(), 0

    def write(self, piece: bytes) -> int:
        self.digest.update(piece)
        self.size += len(piece)
        self.file.write(piece)
        return len(piece)

    def flush(self) -> None:
        self.file.flush()


def copied(source: IO[bytes]) -> Callable[[IO[bytes]], None]:
    """Return a writer that copies a file."""

    def write(target: IO[bytes]) -> None:
        while piece := source.read(_PIECE):
            target.write(piece)

    return write
