"""The files of an image as its layers make them: https://github.com/opencontainers/image-spec/blob/main/layer.md."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Final

_PIECE_BYTES: Final = 2**20
SUMS: Final = "var/lib/dpkg/info/"
_LARGEST_SUMS: Final = 16 * 2**20
_WHITEOUT, _OPAQUE = ".wh.", ".wh..wh..opq"


@dataclass
class Tree:
    """The files of an image, the topmost layer's first: MD5 sums by path, and dpkg's own lists of sums."""

    md5: dict[str, str] = field(default_factory=dict)
    sums: dict[str, bytes] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)

    def hide(self, path: str) -> None:
        """Forget a file, or everything below a folder, that an upper layer removed."""
        below = f"{path}/"
        for table in (self.md5, self.sums):
            for each in [each for each in table if each == path or each.startswith(below)]:
                del table[each]


class HashedStream:
    """A stream that hashes what is read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self.digest.update(piece)
        return piece

    def drain(self) -> None:
        """Read the rest, which is padding."""
        while self.read(_PIECE_BYTES):
            pass


def lay_over(layer: tarfile.TarFile, tree: Tree) -> Iterator[str]:
    """Lay one layer over the tree; yields its files, and those that it removes with a minus before them."""
    own: set[str] = set()
    for member in layer:
        path = member.name.removeprefix("./").strip("/")
        folder, _, name = path.rpartition("/")
        if name == _OPAQUE:
            for each in [each for each in tree.md5 if each.startswith(f"{folder}/") and each not in own]:
                tree.hide(each)
        elif name.startswith(_WHITEOUT):
            gone = f"{folder}/{name.removeprefix(_WHITEOUT)}".lstrip("/")
            tree.hide(gone)
            yield f"-{gone}"
        elif member.isfile() and (stream := layer.extractfile(member)) is not None:
            own.add(path)
            _read_file(tree, path, member.size, stream)
            yield path
        elif member.islnk():
            own.add(path)
            tree.md5[path] = tree.md5.get(member.linkname.removeprefix("./").strip("/"), "")
            yield path
        elif not member.isdir():
            own.add(path)
            tree.hide(path)
            tree.links.add(path)
            yield path


def _read_file(tree: Tree, path: str, size: int, stream: IO[bytes]) -> None:
    found = hashlib.md5(usedforsecurity=False)
    keeps = path.startswith(SUMS) and path.endswith(".md5sums") and size <= _LARGEST_SUMS
    kept = b""
    while piece := stream.read(_PIECE_BYTES):
        found.update(piece)
        kept += piece if keeps else b""
    tree.md5[path] = found.hexdigest()
    tree.links.discard(path)
    if keeps:
        tree.sums[path] = kept
