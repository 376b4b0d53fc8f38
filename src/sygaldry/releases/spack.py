"""Spack: https://github.com/spack/spack/releases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sygaldry.releases import Publisher, Release, asset_download, github_releases, stable


def read(body: bytes) -> Iterator[Release]:
    """Yield each release that has an archive."""
    for tag, assets in github_releases(body):
        version = stable(tag)
        if version and (asset := assets.get(f"spack-{version}.tar.gz")):
            yield Release(version, {"any": asset_download(asset)})


PUBLISHER: Final = Publisher(
    "spack", "https://api.github.com/repos/spack/spack/releases?per_page=100", read, step="spack.sh"
)
