"""Bazel: https://github.com/bazelbuild/bazel/releases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sygaldry.releases import Publisher, Release, asset_download, github_releases, stable

_ARCHITECTURES: Final = {"x86_64": "x86_64", "aarch64": "arm64"}


def read(body: bytes) -> Iterator[Release]:
    """Yield each release that has a program for every architecture."""
    for tag, assets in github_releases(body):
        version = stable(tag)
        files = {ours: f"bazel-{version}-linux-{theirs}" for ours, theirs in _ARCHITECTURES.items()}
        if version and all(each in assets for each in files.values()):
            yield Release(version, {ours: asset_download(assets[each]) for ours, each in files.items()})


PUBLISHER: Final = Publisher(
    "toolchains",
    "https://api.github.com/repos/bazelbuild/bazel/releases?per_page=100",
    read,
    variable="bazel_version",
)
