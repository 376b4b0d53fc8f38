"""Read the indexes of a Debian mirror: https://wiki.debian.org/DebianRepository/Format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_SHA256_LINE: Final = re.compile(r"^ ([0-9a-f]{64}) +(\d+) +(\S+)$")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_SAFE_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+~:-]*")
_SAFE_PATH: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+~:/-]*")


@dataclass(frozen=True)
class DebianArchive:
    """One package of a mirror: where its archive is, below the address of the mirror."""

    name: str
    architecture: str
    version: str
    path: str
    size: int
    sha256: str
    paragraph: str = ""  # of the index, as it was

    @property
    def file_name(self) -> str:
        """The name of the archive, unique in a folder; a colon, as an epoch has, is no part of a file name."""
        return f"{self.name}_{self.version.replace(':', '%3a')}_{self.architecture}.deb"

    def flat_paragraph(self) -> str:
        """The paragraph for an index of a repository that is one folder."""
        lines = (line for line in self.paragraph.splitlines() if not line.startswith("Filename: "))
        return "\n".join((*lines, f"Filename: ./{self.file_name}")) + "\n"


def release_digests(text: str) -> dict[str, str]:
    """Map the names of the indexes that a Release file lists to their SHA-256."""
    found, is_listed = {}, False
    for line in text.splitlines():
        if not line.startswith(" "):
            is_listed = line.strip() == "SHA256:"
        elif is_listed and (parts := _SHA256_LINE.match(line)):
            found[parts[3]] = parts[1]
    return found


def read_packages(text: str) -> Iterator[DebianArchive]:
    """Yield the packages of a Packages file; a paragraph that is damaged or leads elsewhere is left out."""
    for paragraph in text.split("\n\n"):
        fields = dict(line.partition(": ")[::2] for line in paragraph.splitlines() if line[:1] not in (" ", "\t", ""))
        path, size = fields.get("Filename", ""), fields.get("Size", "")
        if not _SAFE_PATH.fullmatch(path) or ".." in path.split("/") or not size.isdecimal():
            continue
        name, version, architecture = (fields.get(each, "") for each in ("Package", "Version", "Architecture"))
        is_named = all(_SAFE_WORD.fullmatch(each) for each in (name, version, architecture))
        if is_named and _SHA256.fullmatch(fields.get("SHA256", "")):
            yield DebianArchive(name, architecture, version, path, int(size), fields["SHA256"], paragraph)
