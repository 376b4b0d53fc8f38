"""Python: python-build-standalone, https://github.com/astral-sh/python-build-standalone/releases.

Each of its releases has every Python; the version of a release here is Python's own, such as 3.13.15.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sygaldry.releases import Download, Publisher, Release, asset_download, github_releases

_NAME: Final = re.compile(
    r"cpython-(?P<version>\d+\.\d+\.\d+)\+\d{8}-(?P<arch>x86_64|aarch64)-unknown-linux-gnu-install_only_stripped\.tar\.gz"
)


def read(body: bytes) -> Iterator[Release]:
    """Yield each Python that a release has for every architecture."""
    for _, assets in github_releases(body):
        found: dict[str, dict[str, Download]] = {}
        for name, asset in assets.items():
            if parts := _NAME.fullmatch(name):
                known = asset_download(asset)
                found.setdefault(parts["version"], {})[parts["arch"]] = Download(known.url, known.sha256, name)
        yield from (Release(version, each) for version, each in found.items() if len(each) == 2)


PUBLISHER: Final = Publisher(
    "toolchains",
    "https://api.github.com/repos/astral-sh/python-build-standalone/releases?per_page=5",
    read,
    leading=2,
)
