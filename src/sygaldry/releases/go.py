"""Go: https://go.dev/dl/?mode=json."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sygaldry.releases import Download, Publisher, Release, sha256_of, stable, tables

_ARCHITECTURES: Final = {"amd64": "x86_64", "arm64": "aarch64"}


def read(body: bytes) -> Iterator[Release]:
    """Yield each stable release with its archives for Linux."""
    for each in tables(body):
        version = stable(str(each.get("version", "")).removeprefix("go")) if each.get("stable") else ""
        found = {
            _ARCHITECTURES[one["arch"]]: Download(f"https://go.dev/dl/{one['filename']}", sha256_of(one.get("sha256")))
            for one in each.get("files", ())
            if one.get("os") == "linux" and one.get("kind") == "archive" and one.get("arch") in _ARCHITECTURES
        }
        if version and len(found) == len(_ARCHITECTURES):
            yield Release(version, found)


PUBLISHER: Final = Publisher("toolchains", "https://go.dev/dl/?mode=json", read, step="go.sh")
