"""Where a cached package was built, read from the first bytes of its archive; and what it means to install it here."""

from __future__ import annotations

import io
import tarfile
import zlib
from typing import Final

from sygaldry.spack.lock import Node

# Enough for the folders that an archive begins with; the whole of one may be gigabytes.
ARCHIVE_START_BYTES: Final = 64 * 2**10
_MOST_UNPACKED_BYTES: Final = 8 * 2**20


def build_prefix(start: bytes, node: Node) -> str:
    """Read the install tree that a package was built in; empty if these bytes do not contain it."""
    try:
        plain = zlib.decompressobj(wbits=47).decompress(start, _MOST_UNPACKED_BYTES)
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r|") as archive:
            for member in archive:
                if member.name.rstrip("/").endswith(f"/{node.directory}"):
                    return "/" + "/".join(member.name.strip("/").split("/")[:-2])
    except (zlib.error, tarfile.TarError, EOFError):
        return ""
    return ""


def prefix_problem(built: str, here: str) -> str:
    """Describe the problem of a longer prefix: paths in programs can be shortened, but not extended."""
    if not built or len(here) <= len(built):
        return ""
    return (
        f"its packages were built in {built}, and {here} is longer: those that have their own path compiled in cannot "
        "be moved; keep the store where it was, or have them built with config:install_tree:padded_length"
    )
