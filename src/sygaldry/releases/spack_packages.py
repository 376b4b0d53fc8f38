"""Spack's recipes: tags of https://github.com/spack/spack-packages, by commit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sygaldry.releases import Download, Publisher, Release, stable, tables

_ARCHIVES: Final = "https://github.com/spack/spack-packages/archive"
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")


def read(body: bytes) -> Iterator[Release]:
    """Yield each tag of a release; GitHub states no digest of an archive.

    https://docs.github.com/en/rest/repos/repos#list-repository-tags
    """
    for each in tables(body):
        version, commit = stable(each.get("name")), str(each.get("commit", {}).get("sha", ""))
        if version and _COMMIT.fullmatch(commit):
            name = f"{commit}.tar.gz"
            yield Release(version, {"any": Download(f"{_ARCHIVES}/{name}", file=f"spack-packages-{name}")})


PUBLISHER: Final = Publisher(
    "recipes",
    "https://api.github.com/repos/spack/spack-packages/tags?per_page=100",
    read,
    step="spack.sh",
    leading=0,
)
