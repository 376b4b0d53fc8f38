"""Rust: the manifest of its stable channel, https://forge.rust-lang.org/infra/channel-layout.html."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Final

from sygaldry.releases import Download, Publisher, Release, sha256_of, stable

_SUFFIX: Final = "unknown-linux-gnu"


def read(body: bytes) -> Iterator[Release]:
    """Yield the one release of the channel."""
    try:
        rust = tomllib.loads(body.decode())["pkg"]["rust"]
        version = stable(str(rust["version"]).partition(" ")[0])
        targets = {each: rust["target"][f"{each}-{_SUFFIX}"] for each in ("x86_64", "aarch64")}
        found = {each: Download(str(one["url"]), sha256_of(one.get("hash"))) for each, one in targets.items()}
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("not the manifest of a channel") from error
    if version:
        yield Release(version, found)


PUBLISHER: Final = Publisher(
    "toolchains", "https://static.rust-lang.org/dist/channel-rust-stable.toml", read, variable="rust_version"
)
