"""Look at what a build cache has of a lock: its index, the manifest of each package, the first bytes of an archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sygaldry.flows.env.cache.readers import Reader, ReadRequest
from sygaldry.spack.buildcache import (
    INDEX,
    LARGEST_INDEX_BYTES,
    LARGEST_MANIFEST_BYTES,
    OCI_INDEX_TAG,
    Blob,
    CorruptMirrorError,
    archive_blob,
    entry_path,
    index_blob,
    oci_blob,
    oci_tag,
    parse_index,
)
from sygaldry.spack.database import Installed
from sygaldry.spack.lock import Lock, Node
from sygaldry.spack.mirrors import Kind, Mirror
from sygaldry.spack.prefix import ARCHIVE_START_BYTES, build_prefix


@dataclass(frozen=True)
class CacheContents:
    """The contents of a cache: its index, which may be out of date, the manifests found, and the build prefix."""

    index: Mapping[str, Installed] = field(default_factory=dict)
    manifests: Mapping[str, str] = field(default_factory=dict)
    build_prefix: str = ""


def list_contents(mirror: Mirror, lock: Lock, read: Reader) -> CacheContents:
    """Ask for the index and for each package by its own name: what was just pushed is in no index yet."""
    nodes = lock.to_install
    paths = [_index_path(mirror), *(_entry(mirror, node) for node in nodes)]
    index, *answers = read([ReadRequest(path, LARGEST_MANIFEST_BYTES) for path in paths])
    texts = {node.hash: each.decode("utf-8", "replace") for node, each in zip(nodes, answers, strict=True) if each}
    blob = None if index is None else _index(mirror, index.decode("utf-8", "replace"))
    first = next((node for node in nodes if node.hash in texts), None)
    archive = None if first is None else _archive(mirror, texts[first.hash])
    wanted = [ReadRequest(blob.path, LARGEST_INDEX_BYTES)] if blob else []
    wanted += [ReadRequest(archive.path, ARCHIVE_START_BYTES, whole=False)] if archive else []
    parts = read(wanted) if wanted else []
    start = parts[-1] if archive else None
    built = build_prefix(start, first) if start and first else ""
    return CacheContents(_parsed(parts[0], blob, mirror) if blob else {}, texts, built)


def _parsed(content: bytes | None, blob: Blob, mirror: Mirror) -> Mapping[str, Installed]:
    if content is None:
        raise CorruptMirrorError(mirror.url, "its index is not where its manifest says")
    return parse_index(content, blob, mirror.url)


def _index_path(mirror: Mirror) -> str:
    return f"manifests/{OCI_INDEX_TAG}" if mirror.kind is Kind.OCI else INDEX


def _entry(mirror: Mirror, node: Node) -> str:
    return f"manifests/{oci_tag(node)}" if mirror.kind is Kind.OCI else entry_path(node)


def _index(mirror: Mirror, manifest: str) -> Blob:
    return oci_blob(manifest, mirror.url) if mirror.kind is Kind.OCI else index_blob(manifest, mirror.url)


def _archive(mirror: Mirror, manifest: str) -> Blob | None:
    return oci_blob(manifest, mirror.url, layer=-1) if mirror.kind is Kind.OCI else archive_blob(manifest)
