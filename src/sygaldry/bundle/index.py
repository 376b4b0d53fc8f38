"""The index of a bundle: every file that it carries, by digest, and the parts that hold it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from sygaldry.model.errors import BundleError
from sygaldry.model.json_text import parse_json

FILE: Final = "index.json"
INSTALLER: Final = "install.py"  # beside the index, so that it can be run before anything is installed
VERSION: Final = 2
_READ: Final = (1, 2)  # 2 added kinds of files
LARGEST_BYTES: Final = 64 * 2**20
_MOST_FILES: Final = 500_000
_MOST_PARTS: Final = 100_000
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")

# What a file is for, and therefore where it goes.
KINDS: Final = (
    "lock",  # the sygaldry.lock that the bundle was made for
    "installer",  # install.py, which is also beside the index
    "wheel",  # Sygaldry and what it needs
    "image",  # a file of the OCI layout of an image; of older bundles: a member of an engine's archive
    "model",  # a file of a Hugging Face cache
    "buildcache",  # a file of a Spack build cache
    "source",  # a file of a Spack mirror of sources
    "python",  # a wheel of the project's own Python locks
    "debian",  # an archive of a Debian package in the image
    "artifact",  # a download of the image, Spack and its recipes among them
)


@dataclass(frozen=True)
class BundledFile:
    """One file: what it is for, the group it belongs to, its path in that group, and its content."""

    kind: str
    group: str
    path: str
    size: int
    sha256: str
    link: str = ""  # of a symbolic link: where it points; it has no content

    @property
    def is_link(self) -> bool:
        return bool(self.link)


@dataclass(frozen=True)
class Index:
    """Everything that a bundle carries. Contents are split into parts of `part_bytes`."""

    sygaldry: str
    architecture: str
    part_bytes: int
    files: tuple[BundledFile, ...]

    def of(self, kind: str) -> tuple[BundledFile, ...]:
        """Return the files of a kind."""
        return tuple(each for each in self.files if each.kind == kind)

    def contents(self) -> dict[str, int]:
        """Map the digest of each content to its size; equal files share one."""
        return {each.sha256: each.size for each in self.files if not each.is_link}


def part_names(sha256: str, size: int, part_bytes: int) -> tuple[str, ...]:
    """Name the parts of a content, relative to the bundle."""
    count = max(-(-size // part_bytes), 1)
    stem = f"blobs/{sha256[:2]}/{sha256}"
    return (stem,) if count == 1 else tuple(f"{stem}.{number:05}" for number in range(count))


def format_index(index: Index) -> str:
    """Write an index; equal ones give equal text."""
    files = [{name: value for name, value in asdict(each).items() if value != ""} for each in index.files]
    head = {"version": VERSION, "sygaldry": index.sygaldry, "architecture": index.architecture}
    return json.dumps({**head, "part_bytes": index.part_bytes, "files": files}, indent=1) + "\n"


def parse_index(text: str, path: str) -> Index:
    """Read an index. Raises BundleError for one that is damaged, newer, or leads outside of its folders."""
    try:
        raw = parse_json(text)
        version = raw["version"]
    except (ValueError, TypeError, KeyError) as error:
        raise BundleError(f"{path} is damaged: {type(error).__name__}", hint="copy the bundle again") from error
    if version not in _READ:
        raise BundleError(
            f"{path} has format {version!r:.40}; this Sygaldry reads formats up to {VERSION}",
            hint="install the Sygaldry of the bundle: python3 install.py",
        )
    try:
        part_bytes = int(raw["part_bytes"])
        files = tuple(_files(raw["files"], path))
        index = Index(str(raw["sygaldry"]), str(raw["architecture"]), part_bytes, files)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise BundleError(f"{path} is damaged: {type(error).__name__}", hint="copy the bundle again") from error
    smallest = max(index.contents().values(), default=0) // _MOST_PARTS
    if part_bytes <= smallest:
        raise BundleError(f"{path} is damaged: its parts are too small", hint="copy the bundle again")
    return index


def _files(raw: list[dict[str, Any]], path: str) -> Iterator[BundledFile]:
    if len(raw) > _MOST_FILES:
        raise BundleError(f"{path} names more than {_MOST_FILES} files", hint="is it the right bundle?")
    for each in raw:
        file = BundledFile(
            str(each["kind"]),
            str(each.get("group", "")),
            str(each["path"]),
            int(each["size"]),
            str(each.get("sha256", "")),
            str(each.get("link", "")),
        )
        if problem := _problem(file):
            raise BundleError(f"{path} is damaged: {problem}", hint="copy the bundle again")
        yield file


def _problem(file: BundledFile) -> str:
    if file.kind not in KINDS:
        return f"unknown kind {file.kind!r:.40}"
    if not is_inside(file.path):
        return f"the path {file.path!r:.80} leads outside"
    if file.is_link:
        folder = file.path.rpartition("/")[0]
        return "" if is_inside(file.link, folder) else f"the link {file.path!r:.80} leads outside"
    if not _DIGEST.fullmatch(file.sha256) or file.size < 0:
        return f"{file.path!r:.80} has no digest"
    return ""


def is_inside(path: str, folder: str = "") -> bool:
    """Return whether a relative path, seen from a folder, stays inside."""
    depth = len([each for each in folder.split("/") if each])
    if not path or path.startswith("/") or "\0" in path:
        return False
    for each in path.split("/"):
        depth += -1 if each == ".." else 0 if each in ("", ".") else 1
        if depth < 0:
            return False
    return depth > 0
