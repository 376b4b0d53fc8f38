"""Judge what was found in a store: damaged files, missing and foreign libraries, incomplete prefixes."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sygaldry.model.json_text import parse_json

# The C library and what the kernel or the loader brings: no Spack prefix ever contains them.
_SYSTEM_LIBRARIES: Final = re.compile(
    r"(ld-linux[^/]*|libc|libm|libdl|librt|libpthread|libutil|libresolv|libnsl|libanl|libcrypt|libBrokenLocale|libmvec"
    r"|libthread_db|linux-vdso|libcuda|libnvidia-[^/]*)\.so[.\d]*"
)


@dataclass(frozen=True)
class Damage:
    """One thing that is wrong with a package."""

    package: str
    kind: str
    path: str
    detail: str


@dataclass(frozen=True)
class RecordedFile:
    """What Spack wrote down about a file when it was installed."""

    mode: int
    checksum: str = ""
    target: str = ""
    size_bytes: int | None = None


@dataclass(frozen=True)
class Library:
    """A library that a program asks for, and where the loader found it (empty: nowhere)."""

    program: str
    name: str
    path: str


@dataclass(frozen=True)
class AllowedFolders:
    """Where libraries may come from: the store, and the prefixes of externals that are not the system's own."""

    folders: tuple[str, ...] = field(default=())

    def holds(self, path: str) -> bool:
        return any(path.startswith(folder.rstrip("/") + "/") for folder in self.folders)


def parse_files(text: str) -> dict[str, RecordedFile]:
    """Read install_manifest.json; raises ValueError if it is damaged."""
    try:
        return {str(path): _recorded(each) for path, each in parse_json(text).items()}
    except (KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from error


def checksum(data: bytes) -> str:
    """Digest a file as Spack's manifest does."""
    from base64 import b32encode
    from hashlib import sha1

    return b32encode(sha1(data, usedforsecurity=False).digest()).decode()


def kind_of(mode: int) -> str:
    """Name what kind of file a mode says it is."""
    return "folder" if stat.S_ISDIR(mode) else "link" if stat.S_ISLNK(mode) else "file"


def judge_libraries(package: str, libraries: Iterable[Library], allowed: AllowedFolders) -> tuple[Damage, ...]:
    """Find what is missing, and what is taken from a place that the lock knows nothing of."""
    found: dict[tuple[str, str], Damage] = {}
    for each in libraries:
        name = each.name.rpartition("/")[2]
        if _SYSTEM_LIBRARIES.fullmatch(name):
            continue
        if not each.path:
            damage = Damage(package, "missing library", each.program, f"needs {name}, which is nowhere")
        elif each.path.startswith("/") and not allowed.holds(each.path):
            damage = Damage(package, "foreign library", each.program, f"takes {name} from {each.path}")
        else:
            continue
        found.setdefault((damage.kind, name), damage)
    return tuple(found.values())


def _recorded(each: Mapping[str, Any]) -> RecordedFile:
    size = each.get("size")
    size_bytes = size if isinstance(size, int) and not isinstance(size, bool) else None
    return RecordedFile(int(each["mode"]), str(each.get("hash", "")), str(each.get("dest", "")), size_bytes)
