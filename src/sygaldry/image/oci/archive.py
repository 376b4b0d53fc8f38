"""An image as an archive that is an OCI image layout and that `docker load` reads too.

The documents of both name the same blobs. The layers are not compressed, so that the digest of a layer is the one in
the configuration of the image, and equal layers of two images are one blob.

https://github.com/opencontainers/image-spec/blob/main/image-layout.md
https://github.com/moby/docker-image-spec/blob/main/spec.md
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sygaldry.image.names import qualified, tag_of
from sygaldry.image.oci import documents
from sygaldry.image.oci.documents import Blob, Descriptor
from sygaldry.model.errors import ImageError
from sygaldry.model.json_text import parse_json

MARKER: Final = "oci-layout"
_INDEX: Final = "index.json"
_DOCKER: Final = "manifest.json"
_BLOBS: Final = "blobs/sha256/"
_LAYER: Final = "application/vnd.oci.image.layer.v1.tar"
_LARGEST_DOCUMENT: Final = 16 << 20
# Podman and containerd, and therefore newer Dockers, take the full name from this annotation.
_FULL_NAME: Final = "io.containerd.image.name"


def blob_path(digest: str) -> str:
    """Return the place of a blob in a layout."""
    return f"{_BLOBS}{digest.removeprefix('sha256:')}"


def layer_of(diff_id: str, size: int) -> Blob:
    """Describe a layer that is not compressed: its digest is the one of its archive."""
    return Blob(Descriptor(_LAYER, diff_id, size), diff_id, "")


def archive_documents(reference: str, config: bytes, layers: Sequence[Blob]) -> dict[str, bytes]:
    """Return every file of an archive but its layers, by path. Equal images give equal bytes.

    `config` is kept as it is, because its digest is the identity of the image in an engine. An image without a name
    has an empty `reference`.
    """
    manifest = documents.image_manifest(config, layers, {})
    described = documents.described(documents.MANIFEST, manifest)
    names = {documents.REF_NAME: reference, _FULL_NAME: qualified(reference, "")} if reference else {}
    named = Descriptor(described.media_type, described.digest, described.size, annotations=names)
    config_path = blob_path(documents.described(documents.CONFIG, config).digest)
    docker = {
        "Config": config_path,
        "RepoTags": [reference] if reference else None,
        "Layers": [blob_path(each.diff_id) for each in layers],
    }
    return {
        **documents.LAYOUT_FILES,
        _INDEX: documents.index((named,)),
        _DOCKER: documents.encoded([docker]),
        blob_path(described.digest): manifest,
        config_path: config,
    }


def check_archive(name: str, files: Mapping[str, tuple[str, int]], read: Callable[[str], bytes]) -> None:
    """Prove that the files of an archive are one image: every blob, every digest, and one name in every document.

    `files` maps each path to the SHA-256 and the size of its content; `read` returns the content of a path.
    Raises ImageError with what is wrong.
    """
    blobs = {path: size for path, (sha256, size) in files.items() if path == blob_path(sha256)}
    if strange := sorted(set(files) - set(blobs) - {MARKER, _INDEX, _DOCKER}):
        raise ImageError(f"{strange[0]!r:.100} is not a blob under its own digest")
    try:
        _check(name, _Archive(files, blobs, read))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise ImageError(f"its documents cannot be read: {type(error).__name__}") from error


class _Archive:
    """The documents and blobs of an archive, each bounded and checked when it is asked for."""

    def __init__(
        self, files: Mapping[str, tuple[str, int]], blobs: Mapping[str, int], read: Callable[[str], bytes]
    ) -> None:
        self.blobs, self._files, self._read = blobs, files, read

    def document(self, path: str) -> Any:  # noqa: ANN401 - JSON of any shape
        if path not in self._files:
            raise ImageError(f"{path!r:.100} is missing")
        if self._files[path][1] > _LARGEST_DOCUMENT:
            raise ImageError(f"{path!r:.100} is too large")
        return parse_json(self._read(path))

    def blob(self, described: Mapping[str, Any], media_type: str) -> str:
        """Return the path of a blob that a document describes."""
        path = blob_path(described["digest"])
        if described["mediaType"] != media_type:
            raise ImageError(f"{path!r:.100} is not of the type {media_type}")
        if self.blobs.get(path) != described["size"]:
            raise ImageError(f"the blob {path!r:.100} is missing or has another size")
        return path


def _check(name: str, archive: _Archive) -> None:
    if archive.document(MARKER)["imageLayoutVersion"] != "1.0.0":
        raise ImageError("its layout has another version than 1.0.0")
    (image,) = archive.document(_INDEX)["manifests"]
    manifest_path = archive.blob(image, documents.MANIFEST)
    manifest = archive.document(manifest_path)
    config = archive.blob(manifest["config"], documents.CONFIG)
    layers = [archive.blob(each, _LAYER) for each in manifest["layers"]]
    if layers != [blob_path(each) for each in archive.document(config)["rootfs"]["diff_ids"]]:
        raise ImageError("its layers are not those of its configuration")
    (docker,) = archive.document(_DOCKER)
    if docker["Config"] != config or docker["Layers"] != layers:
        raise ImageError(f"{_DOCKER} and {_INDEX} are of two images")
    if unused := sorted(set(archive.blobs) - {manifest_path, config, *layers}):
        raise ImageError(f"{unused[0]} belongs to no image")
    annotations = image.get("annotations", {})
    names = {annotations.get(documents.REF_NAME, ""), *(docker["RepoTags"] or ("",))}
    if len(names) > 1 or any(not _same(each, name) for each in names if each):
        raise ImageError(f"it has another name than {name!r:.100}")
    if any(annotations.get(_FULL_NAME) != qualified(each, "") for each in names if each):
        raise ImageError("its full name is another one")


def _same(reference: str, name: str) -> bool:
    """Return whether an engine's full name is the one that was asked for; Podman puts a registry before it."""
    tagged = name if tag_of(name) else f"{name}:latest"
    return reference == tagged or reference.endswith(f"/{tagged}")
