"""How a build cache is laid out: where its index and its packages are, and what their manifests say.

Layout v3: https://spack.readthedocs.io/en/v1.1.0/binary_caches.html
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from sygaldry.model.errors import LockError
from sygaldry.model.json_text import parse_json
from sygaldry.spack.database import Installed, parse_database
from sygaldry.spack.lock import Node

LARGEST_INDEX_BYTES: Final = 256 * 2**20
LARGEST_UNPACKED_BYTES: Final = 2 * LARGEST_INDEX_BYTES
LARGEST_MANIFEST_BYTES: Final = 2**20
INDEX: Final = "v3/manifests/index/index.manifest.json"
OCI_INDEX_TAG: Final = "index.spack"
OCI_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
_LONGEST_TAG = 128
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"


@dataclass(frozen=True)
class Blob:
    """A part of a cache: where it is under the cache's address, its checksum and how it is compressed."""

    path: str
    digest: str
    compression: str = "none"
    size_bytes: int = -1


class CorruptMirrorError(LockError):
    """A build cache whose content contradicts its manifest."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(
            f"the build cache {url} is corrupt: {why}",
            hint="ask its owner to update the index: spack buildcache update-index; or remove it from `mirrors:`",
        )


def entry_path(node: Node) -> str:
    """Say where the manifest of a package is in a cache of files."""
    return f"v3/manifests/spec/{node.name}/{node.directory}.spec.manifest.json"


def oci_tag(node: Node) -> str:
    """Say which tag a package has in a registry."""
    tag = re.sub(r"[^\w.-]", "_", f"{node.directory}.spack")
    return tag if len(tag) <= _LONGEST_TAG else tag[: _LONGEST_TAG // 2] + tag[-_LONGEST_TAG // 2 :]


def index_blob(manifest: str, url: str) -> Blob:
    """Find the index in its manifest; raises LyingMirrorError."""
    try:
        entry = parse_json(manifest)["data"][0]
        return _blob(entry)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise CorruptMirrorError(url, "its index has no manifest that can be read") from error


def archive_blob(manifest: str) -> Blob | None:
    """Find the archive in the manifest of a package, signed or not; None if there is none to be found."""
    try:
        entries: Sequence[Mapping[str, Any]] = parse_json(_unsigned(manifest))["data"]
        return next(_blob(each) for each in entries if "spack.install" in str(each["mediaType"]))
    except (ValueError, KeyError, IndexError, TypeError, StopIteration):
        return None


def oci_blob(manifest: str, url: str, *, layer: int = 0) -> Blob:
    """Find a layer in an OCI manifest: the only one of the index, or the last one of a package, which is its own."""
    try:
        digest = str(parse_json(manifest)["layers"][layer]["digest"]).removeprefix("sha256:")
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise CorruptMirrorError(url, "its index has no manifest that can be read") from error
    if not _DIGEST.fullmatch(digest):
        raise CorruptMirrorError(url, "its index names no checksum")
    return Blob(f"blobs/sha256:{digest}", digest, "none")


def is_signed(manifest: str) -> bool:
    """Whether a package's manifest carries a signature by any key."""
    return manifest.startswith(_SIGNED)


def parse_index(content: bytes, blob: Blob, url: str) -> dict[str, Installed]:
    """Check and read an index; the checksum is that of what was stored, compressed or not."""
    if len(content) > LARGEST_INDEX_BYTES:
        raise CorruptMirrorError(url, "its index exceeds the size limit")
    if sha256(content).hexdigest() != blob.digest:
        raise CorruptMirrorError(url, "its index does not match its checksum")
    try:
        packed = blob.compression == "gzip" or content[:2] == b"\x1f\x8b"
        text = (_unpacked(content, url) if packed else content).decode()
    except (zlib.error, EOFError, UnicodeDecodeError) as error:
        raise CorruptMirrorError(url, "its index cannot be unpacked") from error
    return {key: each for key, each in parse_database(text, url).items() if each.in_buildcache}


def _unpacked(content: bytes, url: str) -> bytes:
    """Decompress an index within bounds: a megabyte of nothing but zeros unpacks to a gigabyte."""
    reader = zlib.decompressobj(wbits=31)
    data = reader.decompress(content, LARGEST_UNPACKED_BYTES)
    if reader.unconsumed_tail:
        raise CorruptMirrorError(url, "its index exceeds the size limit")
    if not reader.eof:
        raise EOFError
    return data


def _blob(entry: Mapping[str, Any]) -> Blob:
    digest = str(entry["checksum"])
    if not _DIGEST.fullmatch(digest):
        raise ValueError("no checksum")
    return Blob(
        f"blobs/sha256/{digest[:2]}/{digest}", digest, str(entry["compression"]), int(entry.get("contentLength", -1))
    )


def _unsigned(manifest: str) -> str:
    """Cut the signature off; what is left is checked by gpg, not here."""
    return manifest[manifest.index("{") : manifest.rindex("}") + 1] if is_signed(manifest) else manifest
