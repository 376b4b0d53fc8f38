"""Build caches: which mirrors there are, where each keeps its index, and which packages of a lock it has.

Layout v3: https://spack.readthedocs.io/en/v1.1.0/binary_caches.html
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from sygaldry.model.errors import LockError
from sygaldry.spack.database import Installed, parse_database
from sygaldry.spack.lock import Lock

LARGEST_INDEX_BYTES: Final = 256 * 2**20
INDEX: Final = "v3/manifests/index/index.manifest.json"
OCI_INDEX_TAG: Final = "index.spack"
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Kind(StrEnum):
    """How a mirror is reached."""

    FILE = "file"
    HTTP = "http"
    OCI = "oci"
    S3 = "s3"


@dataclass(frozen=True)
class Mirror:
    """A build cache, as Spack's configuration describes it."""

    name: str
    url: str
    kind: Kind
    signed: bool = True
    autopush: bool = False
    binary: bool = True
    source: bool = True
    variables: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The folder of a file mirror."""
        return self.url.removeprefix("file://") if self.kind is Kind.FILE else ""


@dataclass(frozen=True)
class Hits:
    """Which packages a mirror has, and why others are misses."""

    mirror: Mirror
    hashes: frozenset[str] = frozenset()
    problem: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)


def parse_mirrors(said: Mapping[str, Any], base: str = "") -> tuple[Mirror, ...]:
    """Read the `mirrors` of a configuration, in their order; raises LockError for an address of no known kind."""
    return tuple(_mirror(str(name), value, base) for name, value in said.items())


def blob_path(manifest: str, url: str) -> tuple[str, str]:
    """Find the index in its manifest: the path of the blob under the mirror, and how it is compressed."""
    try:
        entry = json.loads(manifest)["data"][0]
        digest, compression = str(entry["checksum"]), str(entry["compression"])
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise _lying(url, f"its index has no manifest that can be read ({type(error).__name__})") from error
    if not _DIGEST.fullmatch(digest):
        raise _lying(url, "its index names no checksum")
    return f"blobs/sha256/{digest[:2]}/{digest}", compression


def oci_blob(manifest: str, url: str) -> str:
    """Find the digest of the index in an OCI manifest."""
    try:
        digest = str(json.loads(manifest)["layers"][0]["digest"]).removeprefix("sha256:")
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise _lying(url, "its index has no manifest that can be read") from error
    if not _DIGEST.fullmatch(digest):
        raise _lying(url, "its index names no checksum")
    return digest


def parse_index(blob: bytes, digest: str, compression: str, url: str) -> dict[str, Installed]:
    """Check and read an index; the checksum is that of what was stored, compressed or not."""
    if len(blob) > LARGEST_INDEX_BYTES:
        raise _lying(url, "its index is larger than any")
    if sha256(blob).hexdigest() != digest:
        raise _lying(url, "its index does not have the checksum that it claims")
    try:
        text = (gzip.decompress(blob) if compression == "gzip" else blob).decode()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise _lying(url, "its index cannot be unpacked") from error
    return {key: each for key, each in parse_database(text, url).items() if each.in_buildcache}


def hits(lock: Lock, mirror: Mirror, index: Mapping[str, Installed]) -> Hits:
    """Compare a lock with what a mirror has; a package of the same name but another hash is a near miss."""
    have = frozenset(key for key in lock.nodes if key in index)
    others: dict[str, Installed] = {each.name: each for each in index.values()}
    reasons = {}
    for node in lock.to_install:
        if node.hash not in have:
            other = others.get(node.name)
            reasons[node.hash] = "never pushed" if other is None else _near_miss(node.version, other)
    return Hits(mirror, have, reasons=reasons)


def _near_miss(version: str, other: Installed) -> str:
    if other.version != version:
        return f"it has version {other.version}"
    return f"it has another build of it: /{other.hash[:7]} (other options, compiler, architecture or dependencies)"


def _mirror(name: str, value: Any, base: str) -> Mirror:  # noqa: ANN401 - YAML of any shape
    table: Mapping[str, Any] = value if isinstance(value, dict) else {"url": value}
    fetch = table.get("fetch", table)
    url = fetch if isinstance(fetch, str) else fetch.get("url") if isinstance(fetch, dict) else None
    if not isinstance(url, str):
        raise LockError(f"mirror {name!r} has no url", hint="write: mirrors: {NAME: {url: file:///folder}}")
    pair = table.get("access_pair", {})
    names = (pair.get("id_variable"), pair.get("secret_variable"), table.get("access_token_variable"))
    return Mirror(
        name,
        _absolute(url, base),
        _kind(name, url),
        bool(table.get("signed", True)),
        bool(table.get("autopush", False)),
        bool(table.get("binary", True)),
        bool(table.get("source", True)),
        tuple(each for each in names if each),
    )


def _kind(name: str, url: str) -> Kind:
    scheme = url.partition("://")[0] if "://" in url else "file"
    kinds = {"file": Kind.FILE, "http": Kind.HTTP, "https": Kind.HTTP, "s3": Kind.S3}
    kinds |= {"oci": Kind.OCI, "oci+http": Kind.OCI}
    if scheme not in kinds:
        raise LockError(
            f"mirror {name!r} has an address of no known kind: {url[:100]}",
            hint="Spack knows file://, https://, s3:// and oci:// (oci+http:// without TLS)",
        )
    return kinds[scheme]


def _absolute(url: str, base: str) -> str:
    return url if "://" in url else f"file://{url if url.startswith('/') else f'{base}/{url}'}"


def _lying(url: str, why: str) -> LockError:
    return LockError(
        f"the build cache {url} cannot be trusted: {why}",
        hint="have its owner make the index again: spack buildcache update-index; or take it out of `mirrors:`",
    )
