"""The documents of an OCI image and of what refers to it.

https://github.com/opencontainers/image-spec/blob/main/manifest.md
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from sygaldry.image import labels
from sygaldry.image.annotations import created

MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
INDEX: Final = "application/vnd.oci.image.index.v1+json"
CONFIG: Final = "application/vnd.oci.image.config.v1+json"
LAYER: Final = "application/vnd.oci.image.layer.v1.tar+gzip"
EMPTY: Final = "application/vnd.oci.empty.v1+json"
EMPTY_CONTENT: Final = b"{}"
REF_NAME: Final = "org.opencontainers.image.ref.name"
_LAYOUT: Final = b'{"imageLayoutVersion":"1.0.0"}'
LAYOUT_FILES: Final = {"oci-layout": _LAYOUT}


@dataclass(frozen=True)
class Descriptor:
    """A reference to content: its type, digest and size."""

    media_type: str
    digest: str
    size: int
    artifact_type: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)

    def table(self) -> dict[str, Any]:
        """The descriptor as it stands in a document."""
        extra = {"artifactType": self.artifact_type, "annotations": dict(self.annotations)}
        known = {name: value for name, value in extra.items() if value}
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size, **known}


@dataclass(frozen=True)
class Blob:
    """A layer: its compressed form, the digest of the archive in it, and the step that made it."""

    descriptor: Descriptor
    diff_id: str
    step: str


def encoded(table: Mapping[str, Any] | list[Any]) -> bytes:
    """Encode a document; equal documents have equal bytes."""
    return json.dumps(table, sort_keys=True, separators=(",", ":")).encode()


def described(media_type: str, content: bytes, artifact_type: str = "") -> Descriptor:
    """Describe a small document."""
    return Descriptor(media_type, f"sha256:{sha256(content).hexdigest()}", len(content), artifact_type)


def config_of(saved: Mapping[str, Any], blobs: Iterable[Blob], variables: Mapping[str, str], user: str) -> bytes:
    """Return the configuration: that of the saved image with other layers, no time of the build and a plain user."""
    blobs = tuple(blobs)
    settings = saved.get("config") or {}
    own = dict(each.partition("=")[::2] for each in settings.get("Env") or ())
    known = {name: text for name, text in (settings.get("Labels") or {}).items() if name != labels.BUILD}
    return encoded({
        "architecture": saved.get("architecture", "amd64"),
        "os": saved.get("os", "linux"),
        "created": created(),
        "config": {
            "User": user,
            "Env": [f"{name}={text}" for name, text in {**own, **variables}.items()],
            "Cmd": settings.get("Cmd") or ["/bin/bash"],
            **({"Entrypoint": settings["Entrypoint"]} if settings.get("Entrypoint") else {}),
            "WorkingDir": settings.get("WorkingDir") or "/",
            "Labels": known,
        },
        "rootfs": {"type": "layers", "diff_ids": [each.diff_id for each in blobs]},
        "history": [{"created": created(), "created_by": each.step} for each in blobs],
    })  # fmt: skip


def image_manifest(config: bytes, blobs: Iterable[Blob], annotations: Mapping[str, str]) -> bytes:
    """Return the manifest of an image."""
    return encoded({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": described(CONFIG, config).table(),
        "layers": [each.descriptor.table() for each in blobs],
        "annotations": dict(annotations),
    })  # fmt: skip


def referrer_manifest(kind: str, content: bytes, subject: Descriptor) -> bytes:
    """Return the manifest of a document about an image."""
    return encoded({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": kind,
        "config": described(EMPTY, EMPTY_CONTENT).table(),
        "layers": [described(kind, content).table()],
        "subject": subject.table(),
        "annotations": {"org.opencontainers.image.created": created()},
    })  # fmt: skip


def index(descriptors: Iterable[Descriptor]) -> bytes:
    """Return an index: of a layout, or of what refers to an image."""
    return encoded({"schemaVersion": 2, "mediaType": INDEX, "manifests": [each.table() for each in descriptors]})


def tagged(descriptor: Descriptor, tag: str) -> Descriptor:
    """Return the descriptor of an image under a tag."""
    return Descriptor(descriptor.media_type, descriptor.digest, descriptor.size, annotations={REF_NAME: tag})
