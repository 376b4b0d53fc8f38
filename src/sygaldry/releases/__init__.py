"""The publishers of the downloads that an image pins: one file each, named as in container/artifacts.json.

To add a publisher, write `releases/NAME.py` that exports `PUBLISHER: Final = Publisher(part, address, read)`. `read`
maps the answer of that address to releases. A publisher asks nothing itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from sygaldry.model.json_text import parse_json

_STABLE: Final = re.compile(r"v?(\d{1,9}(?:\.\d{1,9}){1,4})")
_SHA256: Final = re.compile(r"(?:sha256:)?([0-9a-f]{64})")


@dataclass(frozen=True)
class Download:
    """One file of a release. Without `sha256` the publisher does not state it: the file has to be read to know it."""

    url: str
    sha256: str = ""
    file: str = ""  # its name, where the address does not end in it


@dataclass(frozen=True)
class Release:
    """One stable version, and its downloads by architecture as uname names it, or `any`."""

    version: str
    downloads: Mapping[str, Download] = field(default_factory=dict)


Read: TypeAlias = Callable[[bytes], Iterable[Release]]


@dataclass(frozen=True)
class Publisher:
    """Where releases are listed and how the list is read.

    `part` is the option of `sygaldry update`. `variable` is the setting that chooses the version, if there is one, and
    `step` the file of container/image that names the version otherwise. `leading` is how many of the first numbers of
    a version stay the same: a new major version is a decision, no update.
    """

    part: str
    address: str
    read: Read
    variable: str = ""
    step: str = ""
    leading: int = 1


def stable(text: object) -> str:
    """Return a version without the `v` of a tag; empty for a candidate, a nightly build, or anything else."""
    found = _STABLE.fullmatch(text) if isinstance(text, str) else None
    return found[1] if found else ""


def numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a stable version, for comparison."""
    return tuple(int(each) for each in stable(version).split(".")) if stable(version) else ()


def sha256_of(text: object) -> str:
    """Return 64 hexadecimal digits, also behind `sha256:`; empty for anything else."""
    found = _SHA256.fullmatch(text) if isinstance(text, str) else None
    return found[1] if found else ""


def newest(releases: Iterable[Release], pinned: str, leading: int) -> Release | None:
    """Return the newest release that may follow the pinned version, or None if there is none."""
    now = numbers(pinned)
    fitting = [each for each in releases if numbers(each.version) > now]
    fitting = [each for each in fitting if numbers(each.version)[:leading] == now[:leading]]
    return max(fitting, key=lambda each: numbers(each.version), default=None)


def tables(body: bytes) -> list[dict[str, Any]]:
    """Return a JSON list of tables. Raises ValueError or TypeError for another answer."""
    answer = parse_json(body)
    if not isinstance(answer, list) or not all(isinstance(each, dict) for each in answer):
        raise TypeError("not a list of tables")
    return answer


def github_releases(body: bytes) -> Iterable[tuple[str, Mapping[str, Mapping[str, Any]]]]:
    """Yield the version and the assets by name of each stable release.

    https://docs.github.com/en/rest/releases/releases#list-releases
    """
    for each in tables(body):
        if each.get("draft") or each.get("prerelease"):
            continue
        assets = each.get("assets")
        listed = [one for one in assets if isinstance(one, dict)] if isinstance(assets, list) else []
        yield str(each.get("tag_name", "")), {str(one.get("name")): one for one in listed}


def asset_download(asset: Mapping[str, Any]) -> Download:
    """Return the download of an asset of GitHub, with its digest where GitHub knows it."""
    return Download(str(asset.get("browser_download_url", "")), sha256_of(asset.get("digest")))
