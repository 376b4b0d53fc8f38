"""Push an OCI layout into a registry, and attach what refers to the image.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from sygaldry.host.registry_client import RegistryClient
from sygaldry.image.oci.documents import INDEX, MANIFEST, Descriptor, index
from sygaldry.model.errors import ImageError

_LARGEST_INDEX = 4 << 20


def push_layout(
    folder: str, client: RegistryClient, tag: str, report: Callable[[str], None]
) -> tuple[Descriptor, tuple[Descriptor, ...]]:
    """Push the image of a layout under a tag, and its referrers by digest."""
    table = json.loads(Path(folder, "index.json").read_bytes())
    image, *referrers = (_descriptor(each) for each in table["manifests"])
    for each in (image, *referrers):
        _push_content(folder, client, each, report)
    client.put_manifest(tag, MANIFEST, _blob(folder, image.digest).read_bytes())
    is_listed = False
    for each in referrers:
        is_listed = client.put_manifest(each.digest, MANIFEST, _blob(folder, each.digest).read_bytes())
    if referrers and not is_listed:
        # The registry does not know referrers: the specification then keeps their list under a tag.
        _update_list(client, image, tuple(referrers))
    return image, tuple(referrers)


def _push_content(folder: str, client: RegistryClient, manifest: Descriptor, report: Callable[[str], None]) -> None:
    table = json.loads(_blob(folder, manifest.digest).read_bytes())
    wanted = [_descriptor(each) for each in (*table["layers"], table["config"])]
    missing = [each for each in wanted if not client.has_blob(each.digest)]
    if len(missing) > 1:
        report(f"image: pushing {len(missing)} of {len(wanted)} blobs to {client.repository}")
    for each in missing:
        client.put_blob(each.digest, str(_blob(folder, each.digest)))


def _update_list(client: RegistryClient, image: Descriptor, referrers: tuple[Descriptor, ...]) -> None:
    tag = image.digest.replace(":", "-")
    known = client.get_manifest(tag, INDEX, _LARGEST_INDEX)
    try:
        before = [_descriptor(each) for each in json.loads(known)["manifests"]] if known else []
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ImageError(f"the list of referrers under {tag} cannot be read: {type(error).__name__}") from error
    own = {each.digest for each in referrers}
    client.put_manifest(tag, INDEX, index((*(each for each in before if each.digest not in own), *referrers)))


def _descriptor(table: dict[str, object]) -> Descriptor:
    size = table["size"]
    return Descriptor(
        str(table["mediaType"]),
        str(table["digest"]),
        size if isinstance(size, int) else 0,
        str(table.get("artifactType", "")),
    )


def _blob(folder: str, digest: str) -> Path:
    return Path(folder, "blobs", "sha256", digest.removeprefix("sha256:"))
